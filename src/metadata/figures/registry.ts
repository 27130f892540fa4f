import type { ActorEnd, ActorKind, NodeEnd, RecordEnd, RequestEnd } from '../event.ts'
import { actorErrors, actorFigures, actorTimes } from './actor-figures.ts'
import { avoidedFigures } from './avoided-figures.ts'
import {
  actorCostFigures,
  costDoubtFigures,
  modelCostFigures,
  nodeCostFigures,
  partCostFigures,
  runCostFigures,
  unpricedFigures,
} from './cost-figures.ts'
import type { Figure, FigurePlace, Figures, GateName } from './figure.ts'
import type { FigurePath, Formula } from './formula.ts'
import { executionTimes, nodeErrors, nodeFigures, statedCosts } from './node-figures.ts'
import {
  duplicatedRecordFigures,
  failedRecordFigures,
  recordCosts,
  recordErrors,
  recordFigures,
  recordTimes,
} from './record-figures.ts'
import {
  callDurations,
  callFigures,
  firstTokenTimes,
  nodeModelFigures,
  performanceFigures,
  requestDurations,
  requestErrors,
  requestFigures,
  responseCodes,
  runRequestFigures,
  wasteFigures,
} from './request-figures.ts'
import { throughputFigures } from './run-figures.ts'
import {
  ofActor,
  ofModel,
  ofNode,
  ofNodeAndModel,
  ofWorker,
  outsideAgents,
  outsideNodes,
  type Subject,
  theRun,
  withinActor,
} from './subject.ts'
import {
  type ActorTally,
  type AnyTally,
  type DuplicateTally,
  type HitTally,
  type KindTally,
  type NodeTally,
  type RecordTally,
  type RequestTally,
  type StartTally,
  TallySet,
  type UsageTally,
} from './tally.ts'
import { tokenFigures, tokenStatisticsFigures, totalTokenFigures } from './token-figures.ts'
import { workerFigures } from './worker-figures.ts'

/** Figures that stand together in the file. */
export interface FigureBlock {
  /** Where they stand, keys joined by points; `*` is the name of a model, node, agent or tool. */
  readonly path: string
  readonly figures: Figures
  readonly subject: (names: readonly string[]) => Subject
  /** Which of the figures gates know here; default: all that have a name for it. */
  readonly gated?: readonly string[]
}

/** The eight statistics over the values of a tally. */
export interface StatisticsBlock {
  readonly path: string
  readonly tally: AnyTally
  readonly subject: (names: readonly string[]) => Subject
}

/** Counts by kind: the key is the kind. */
export interface KindsBlock {
  readonly path: string
  readonly subject: (names: readonly string[]) => Subject
  readonly kinds:
    | { readonly of: 'request-end'; readonly tally: KindTally<RequestEnd> }
    | { readonly of: 'node-end'; readonly tally: KindTally<NodeEnd> }
    | { readonly of: 'actor-end'; readonly tally: KindTally<ActorEnd> }
    | { readonly of: 'record-end'; readonly tally: KindTally<RecordEnd> }
}

/** Where agents and tools stand in the file: their figures are the same. */
const actorRoots: readonly (readonly [root: 'agents' | 'tools', kind: ActorKind])[] = [
  ['agents', 'agent'],
  ['tools', 'tool'],
]

const actorBlocks: readonly FigureBlock[] = actorRoots.flatMap(([root, kind]): FigureBlock[] => {
  const subject = ([name = '']: readonly string[]) => ofActor(kind, name)
  return [
    { path: `${root}.*`, figures: actorFigures, subject },
    {
      path: `${root}.*.requests`,
      figures: { ...requestFigures, ...unpricedFigures },
      subject,
      gated: ['total_requests'],
    },
    { path: `${root}.*.token_statistics`, figures: tokenStatisticsFigures, subject, gated: ['total_tokens'] },
    { path: `${root}.*.cost`, figures: { ...actorCostFigures, ...costDoubtFigures }, subject },
    {
      path: `${root}.*.inclusive`,
      figures: { ...nodeModelFigures, ...totalTokenFigures, ...actorCostFigures, ...costDoubtFigures },
      subject: ([name = '']) => withinActor(kind, name),
      gated: [],
    },
  ]
})

const run = () => theRun
const model = ([name = '']: readonly string[]) => ofModel(name)
const node = ([name = '']: readonly string[]) => ofNode(name)

/** What each process of a run did that had several. What is kept for these figures is kept for each of them. */
const workerBlock: FigureBlock = {
  path: 'execution.workers.*',
  figures: workerFigures,
  subject: ([name = '']) => ofWorker(name),
  gated: [],
}

const sharedBlocks: readonly FigureBlock[] = [
  { path: 'aggregate_statistics.cost', figures: { ...runCostFigures, ...costDoubtFigures }, subject: run },
  { path: 'aggregate_statistics.records', figures: recordFigures, subject: run },
  { path: 'aggregate_statistics.requests', figures: runRequestFigures, subject: run },
  { path: 'aggregate_statistics.tokens', figures: tokenFigures, subject: run },
  { path: 'aggregate_statistics.calls', figures: callFigures, subject: run },
  {
    path: 'aggregate_statistics.unattributed',
    figures: { ...totalTokenFigures, ...partCostFigures },
    subject: () => outsideNodes,
    gated: [],
  },
  {
    path: 'aggregate_statistics.unattributed.requests',
    figures: requestFigures,
    subject: () => outsideNodes,
    gated: [],
  },
  {
    path: 'aggregate_statistics.outside_agents',
    figures: { ...nodeModelFigures, ...totalTokenFigures, ...partCostFigures, ...unpricedFigures },
    subject: () => outsideAgents,
    gated: [],
  },
  { path: 'aggregate_statistics.avoided', figures: avoidedFigures, subject: run },
  { path: 'aggregate_statistics.throughput', figures: throughputFigures, subject: run },
  ...Object.entries(wasteFigures).map(([kind, figures]) => ({
    path: `aggregate_statistics.waste.${kind}`,
    figures,
    subject: run,
  })),
  { path: 'aggregate_statistics.waste.failed_records', figures: failedRecordFigures, subject: run },
  { path: 'aggregate_statistics.waste.duplicated_records', figures: duplicatedRecordFigures, subject: run },
  { path: 'models.*.cost', figures: { ...modelCostFigures, ...costDoubtFigures }, subject: model },
  { path: 'models.*.performance', figures: performanceFigures, subject: model },
  { path: 'models.*.token_statistics', figures: tokenStatisticsFigures, subject: model },
  { path: 'models.*.calls', figures: callFigures, subject: model },
  { path: 'models.*.avoided', figures: avoidedFigures, subject: model, gated: [] },
  { path: 'nodes.*', figures: nodeFigures, subject: node },
  { path: 'nodes.*.cost', figures: { ...nodeCostFigures, ...costDoubtFigures }, subject: node },
  {
    path: 'nodes.*.requests',
    figures: { ...requestFigures, ...unpricedFigures },
    subject: node,
    gated: ['total_requests'],
  },
  { path: 'nodes.*.token_statistics', figures: tokenStatisticsFigures, subject: node, gated: ['total_tokens'] },
  { path: 'nodes.*.calls', figures: callFigures, subject: node },
  { path: 'nodes.*.avoided', figures: avoidedFigures, subject: node, gated: [] },
  {
    path: 'nodes.*.models.*',
    figures: { ...nodeModelFigures, total_tokens: totalTokenFigures.total_tokens, ...partCostFigures },
    subject: ([name = '', other = '']) => ofNodeAndModel(name, other),
    gated: [],
  },
  {
    path: 'nodes.*.inner_nodes',
    figures: { ...nodeModelFigures, ...totalTokenFigures, ...partCostFigures },
    subject: node,
    gated: [],
  },
  ...actorBlocks,
]

/** Every number of the file that is folded from events, by where it stands. */
export const figureBlocks: readonly FigureBlock[] = [...sharedBlocks, workerBlock]

export const statisticsBlocks: readonly StatisticsBlock[] = [
  { path: 'aggregate_statistics.calls.latency_statistics', tally: callDurations, subject: run },
  { path: 'aggregate_statistics.cost_per_record', tally: recordCosts, subject: run },
  { path: 'aggregate_statistics.latency_per_record', tally: recordTimes, subject: run },
  { path: 'models.*.performance.latency_statistics', tally: requestDurations, subject: model },
  { path: 'models.*.performance.time_to_first_token_statistics', tally: firstTokenTimes, subject: model },
  { path: 'models.*.calls.latency_statistics', tally: callDurations, subject: model },
  { path: 'nodes.*.latency_statistics', tally: executionTimes, subject: node },
  { path: 'nodes.*.calls.latency_statistics', tally: callDurations, subject: node },
  ...actorRoots.map(([root, kind]) => ({
    path: `${root}.*.latency_statistics`,
    tally: actorTimes,
    subject: ([name = '']: readonly string[]) => ofActor(kind, name),
  })),
]

export const kindsBlocks: readonly KindsBlock[] = [
  { path: 'aggregate_statistics.records.error_types', kinds: { of: 'record-end', tally: recordErrors }, subject: run },
  { path: 'models.*.performance.error_types', kinds: { of: 'request-end', tally: requestErrors }, subject: model },
  { path: 'models.*.response_code_distribution', kinds: { of: 'request-end', tally: responseCodes }, subject: model },
  { path: 'nodes.*.error_types', kinds: { of: 'node-end', tally: nodeErrors }, subject: node },
  ...actorRoots.map(
    ([root, kind]): KindsBlock => ({
      path: `${root}.*.error_types`,
      kinds: { of: 'actor-end', tally: actorErrors },
      subject: ([name = '']) => ofActor(kind, name),
    }),
  ),
]

/** What has to be kept of the events, so that every figure of the blocks can be written. */
export function tallySetsOf(
  blocks: readonly Pick<FigureBlock, 'figures'>[],
  statistics: readonly Pick<StatisticsBlock, 'tally'>[] = [],
  kinds: readonly Pick<KindsBlock, 'kinds'>[] = [],
) {
  const tallies = [...blocks.flatMap(({ figures }) => talliesOf(figures)), ...statistics.map(({ tally }) => tally)]
  const usage = tallies.filter((tally): tally is UsageTally => tally.of === 'usage')
  const requests = tallies.filter((tally): tally is RequestTally => tally.of === 'request-end')
  return {
    requests: new TallySet<RequestEnd>(
      [...requests, ...usage],
      kinds.flatMap(({ kinds }) => (kinds.of === 'request-end' ? [kinds.tally] : [])),
    ),
    starts: new TallySet(tallies.filter((tally): tally is StartTally => tally.of === 'request-start')),
    hits: new TallySet(tallies.filter((tally): tally is HitTally => tally.of === 'cache-hit')),
    stated: new TallySet(usage),
    nodes: new TallySet<NodeEnd>(
      [...tallies.filter((tally): tally is NodeTally => tally.of === 'node-end'), statedCosts],
      kinds.flatMap(({ kinds }) => (kinds.of === 'node-end' ? [kinds.tally] : [])),
    ),
    actors: new TallySet<ActorEnd>(
      tallies.filter((tally): tally is ActorTally => tally.of === 'actor-end'),
      kinds.flatMap(({ kinds }) => (kinds.of === 'actor-end' ? [kinds.tally] : [])),
    ),
    records: new TallySet<RecordEnd>(
      tallies.filter((tally): tally is RecordTally => tally.of === 'record-end'),
      kinds.flatMap(({ kinds }) => (kinds.of === 'record-end' ? [kinds.tally] : [])),
    ),
    duplicates: new TallySet(tallies.filter((tally): tally is DuplicateTally => tally.of === 'record-duplicate')),
  }
}

function talliesOf(figures: Figures): AnyTally[] {
  const places: FigurePlace[] = [false, true].map((isRehearsal) => ({ subject: theRun, block: [], isRehearsal }))
  const formulas = Object.values(figures).flatMap(({ formula }) => (formula === undefined ? [] : places.map(formula)))
  return formulas.flatMap(talliesIn)
}

function talliesIn(formula: Formula): AnyTally[] {
  switch (formula.type) {
    case 'measure':
      return formula.measure.tally === undefined ? [] : [formula.measure.tally]
    case 'operation':
      return formula.terms.flatMap(talliesIn)
    case 'not below 0':
      return talliesIn(formula.of)
    default:
      return []
  }
}

/** What the fold of a run keeps. */
export const tallySets = tallySetsOf(sharedBlocks, statisticsBlocks, kindsBlocks)

/** What it keeps of each worker. */
export const workerTallySets = tallySetsOf([workerBlock])

/** The names that stand where the pattern has `*`, and the last key; undefined when the path is none of the block. */
export function matchBlock(
  { path: pattern }: { readonly path: string },
  path: FigurePath,
): { readonly names: readonly string[]; readonly key: string } | undefined {
  const keys = pattern.split('.')
  if (path.length !== keys.length + 1) return undefined
  if (!keys.every((key, index) => key === '*' || key === path[index])) return undefined
  return { names: path.filter((_, index) => keys[index] === '*'), key: path.at(-1) ?? '' }
}

/** The row of the figure at a path; undefined for what is no figure of a block. */
export function figureAt(path: FigurePath): Figure | undefined {
  for (const block of figureBlocks) {
    const match = matchBlock(block, path)
    if (match !== undefined && Object.hasOwn(block.figures, match.key)) return block.figures[match.key]
  }
  return undefined
}

/** A figure that gates know, by name. */
export interface GatedFigure extends GateName {
  /** Keys from the run's totals, or from a model or node, to the figure. */
  readonly keys: readonly string[]
  readonly unit: 'count' | 'seconds' | 'usd' | 'share' | 'rate'
}

const roots = {
  run: 'aggregate_statistics',
  model: 'models.*',
  node: 'nodes.*',
  agent: 'agents.*',
  tool: 'tools.*',
} as const

/** The figures that gates know of the run, of a model, of a node, of an agent or of a tool. */
export function gatedFigures(scope: keyof typeof roots, blocks: readonly FigureBlock[] = figureBlocks): GatedFigure[] {
  const root = roots[scope]
  return blocks
    .filter(({ path }) => path === root || path.startsWith(`${root}.`))
    .flatMap(({ path, figures, gated }) =>
      Object.entries(figures).flatMap(([key, { gate, unit }]) => {
        if (gate === undefined || gated?.includes(key) === false) return []
        const keys = [...path.slice(root.length + 1).split('.'), key].filter((each) => each !== '')
        return [{ ...gate, keys, unit: unit === 'average' ? 'count' : unit }]
      }),
    )
}

/** Rows of the documentation's table: each figure by its path, with its sentence. */
export function figureTable(blocks: readonly FigureBlock[] = figureBlocks): { path: string; sentence: string }[] {
  return blocks.flatMap(({ path, figures }) =>
    Object.entries(figures).map(([key, { sentence }]) => ({ path: `${path}.${key}`, sentence })),
  )
}
