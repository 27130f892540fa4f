import type { ActorKind } from '../../metadata/event.ts'
import { actorTimes } from '../../metadata/figures/actor-figures.ts'
import {
  countOf,
  difference,
  type FigurePath,
  type Formula,
  measure,
  notBelow0,
  statisticNames,
} from '../../metadata/figures/formula.ts'
import { executionTimes } from '../../metadata/figures/node-figures.ts'
import { named, recordCosts, recordTimes } from '../../metadata/figures/record-figures.ts'
import {
  type FigureBlock,
  figureBlocks,
  kindsBlocks,
  matchBlock,
  statisticsBlocks,
} from '../../metadata/figures/registry.ts'
import { requestDurations } from '../../metadata/figures/request-figures.ts'
import {
  countOfTally,
  moneyOf,
  ofActor,
  ofModel,
  ofNode,
  outsideAgents,
  outsideNodes,
  type Subject,
  tallied,
  theRun,
  withinActor,
} from '../../metadata/figures/subject.ts'
import { totalTokenFigures } from '../../metadata/figures/token-figures.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { otherNames } from '../../metadata/statistics/bounded-names.ts'
import { sketchAccuracy } from '../../metadata/statistics/quantile-sketch.ts'
import {
  costDoubtFormulas,
  modelCost,
  outsideAgentsCost,
  receiptFormula,
  runCost,
  statedCost,
  unattributedCost,
  unpricedReason,
} from './cost-formulas.ts'
import { datasetFormula, executionFormula, parameterFormula } from './execution-formulas.ts'
import { costOfNodeAtModel, innerFormula, nodeCost, statedNodes, withStated } from './node-formulas.ts'

interface Route {
  /** Keys; `*` stands for any one, `**` at the end for all that follow. */
  readonly pattern: string
  /** Formula of a figure: `names` are what `*` stood for, `rest` what `**` stood for. */
  readonly formula: (match: RouteMatch) => Formula | undefined
}

interface RouteMatch {
  readonly metadata: Metadata
  readonly path: FigurePath
  readonly names: readonly string[]
  readonly rest: FigurePath
}

const name = ({ names }: RouteMatch, index = 0) => names[index] ?? ''
const last = ({ path }: RouteMatch) => path.at(-1) ?? ''
const block = ({ path }: RouteMatch) => path.slice(0, -1)

/** Figures whose formula the file itself decides: which prices there were, which nodes stated their tokens. */
const routes: readonly Route[] = [
  { pattern: 'ledger.events', formula: () => ({ type: 'ledger', key: 'entries', what: 'lines of the ledger' }) },
  {
    pattern: 'ledger.damaged_lines',
    formula: () => ({ type: 'ledger', key: 'damagedLines', what: 'lines of the ledger that cannot be read' }),
  },
  {
    pattern: 'repriced_from.total_cost_usd',
    formula: ({ metadata }) => ({
      type: 'constant',
      value: metadata.repriced_from?.total_cost_usd ?? 0,
      what: 'the cost in the file of the original',
    }),
  },
  {
    pattern: 'not_understood.total',
    formula: () => countOf('sights of what was not understood', (event) => event.type === 'not-understood'),
  },
  { pattern: 'not_understood.endpoints.*.count', formula: notUnderstoodAt },
  { pattern: 'execution.**', formula: ({ metadata, rest }) => executionFormula(metadata, rest) },
  { pattern: 'dataset.*', formula: (match) => datasetFormula(match.metadata, last(match)) },
  { pattern: 'aggregate_statistics.cost.total_cost_usd', formula: ({ metadata }) => runCost(metadata) },
  {
    pattern: 'aggregate_statistics.cost.*',
    formula: (match) => costDoubtFormulas(theRun, match.metadata, Object.keys(match.metadata.models))(last(match)),
  },
  { pattern: 'aggregate_statistics.unattributed.*', formula: unattributed },
  {
    pattern: 'aggregate_statistics.outside_agents.*',
    formula: (match) =>
      last(match) === 'total_cost_usd'
        ? outsideAgentsCost(match.metadata)
        : costDoubtFormulas(outsideAgents, match.metadata, [])(last(match)),
  },
  {
    pattern: 'aggregate_statistics.cost_per_record.dearest.*.cost_usd',
    formula: (match) => tallied(theRun, named(recordCosts), { rank: Number(name(match)) }),
  },
  {
    pattern: 'aggregate_statistics.latency_per_record.slowest.*.duration_seconds',
    formula: (match) => tallied(theRun, named(recordTimes), { rank: Number(name(match)) }),
  },
  { pattern: 'models.*.cost.total_cost_usd', formula: (match) => modelCost(match.metadata, name(match)) },
  {
    pattern: 'models.*.cost.receipt.*.**',
    formula: ({ metadata, path, names: [model = ''], rest }) =>
      receiptFormula(metadata, { model, block: path.slice(0, 5), rest }),
  },
  {
    pattern: 'models.*.cost.unpriced_reasons.*.requests',
    formula: (match) => unpricedReason(match.metadata, name(match), Number(name(match, 1))),
  },
  {
    pattern: 'models.*.cost.*',
    formula: (match) => costDoubtFormulas(ofModel(name(match)), match.metadata, [name(match)])(last(match)),
  },
  { pattern: 'models.*.parameters.**', formula: (match) => parameterFormula(name(match), 0, match.rest) },
  {
    pattern: 'models.*.parameter_sets.*.**',
    formula: (match) => parameterFormula(name(match), Number(name(match, 1)), match.rest),
  },
  {
    pattern: 'models.*.latency_sketch.*',
    formula: (match) => sketchFormula(last(match), ofModel(name(match)), requestDurations),
  },
  {
    pattern: 'nodes.*.latency_sketch.*',
    formula: (match) => sketchFormula(last(match), ofNode(name(match)), executionTimes),
  },
  { pattern: 'nodes.*.cost.total_cost_usd', formula: (match) => nodeCost(match.metadata, name(match)) },
  {
    pattern: 'nodes.*.cost.*',
    formula: (match) => costDoubtFormulas(ofNode(name(match)), match.metadata, [])(last(match)),
  },
  {
    pattern: 'nodes.*.requests.*',
    formula: (match) => costDoubtFormulas(ofNode(name(match)), match.metadata, [])(last(match)),
  },
  {
    pattern: 'nodes.*.models.*.total_cost_usd',
    formula: (match) => costOfNodeAtModel(match.metadata, name(match), name(match, 1)),
  },
  { pattern: 'nodes.*.inner_nodes.*', formula: (match) => innerFormula(match.metadata, name(match), last(match)) },
  ...actorRoutes('agents', 'agent'),
  ...actorRoutes('tools', 'tool'),
]

function actorRoutes(root: 'agents' | 'tools', kind: ActorKind): Route[] {
  const own = (match: RouteMatch) => costFormula(match, ofActor(kind, name(match)), root)
  return [
    { pattern: `${root}.*.cost.*`, formula: own },
    { pattern: `${root}.*.requests.*`, formula: own },
    {
      pattern: `${root}.*.inclusive.*`,
      formula: (match) => costFormula(match, withinActor(kind, name(match)), root),
    },
    {
      pattern: `${root}.*.latency_sketch.*`,
      formula: (match) => sketchFormula(last(match), ofActor(kind, name(match)), actorTimes),
    },
  ]
}

/** What an agent or a tool cost, and how much of that is not known; undefined for other figures. */
function costFormula(match: RouteMatch, subject: Subject, root: 'agents' | 'tools'): Formula | undefined {
  const actor = match.metadata[root]?.[name(match)]
  if (last(match) !== 'total_cost_usd') return costDoubtFormulas(subject, match.metadata, [])(last(match))
  const { status } = (match.path.includes('inclusive') ? actor?.inclusive : actor?.cost) ?? {}
  return moneyOf(subject, { what: 'cost of the requests', isRehearsal: status === 'simulated' })
}

/** How a figure of the file comes about; undefined when nobody has said. */
export function formulaOf(
  metadata: Metadata,
  path: FigurePath,
  blocks: readonly FigureBlock[] = figureBlocks,
): Formula | undefined {
  // What several names have in common, no event tells by its name.
  if (/^(agents|tools)$/.test(path[0] ?? '') && path[1] === otherNames) return undefined
  for (const { pattern, formula } of routes) {
    const match = matchPattern(pattern.split('.'), path)
    const found = match && formula({ metadata, path, ...match })
    if (found !== undefined) return found
  }
  return ofBlocks(metadata, path, blocks) ?? ofStatistics(path) ?? ofKinds(path)
}

function ofBlocks(metadata: Metadata, path: FigurePath, blocks: readonly FigureBlock[]): Formula | undefined {
  const isRehearsal = metadata.aggregate_statistics.cost.status === 'simulated'
  for (const block of blocks) {
    const match = matchBlock(block, path)
    const row = match && Object.hasOwn(block.figures, match.key) ? block.figures[match.key] : undefined
    if (match === undefined || row === undefined) continue
    const subject = withStated(metadata, block.subject(match.names))
    return row.formula?.({ subject, block: path.slice(0, -1), isRehearsal })
  }
  return undefined
}

function ofStatistics(path: FigurePath): Formula | undefined {
  const statistic = statisticNames.find((each) => each === path.at(-1))
  if (statistic === undefined) return undefined
  for (const block of statisticsBlocks) {
    const match = matchBlock(block, path)
    if (match !== undefined) return tallied(block.subject(match.names), block.tally, statistic)
  }
  return undefined
}

/** How often something of a kind happened: the last key is the kind. */
function ofKinds(path: FigurePath): Formula | undefined {
  for (const { kinds, subject, ...block } of kindsBlocks) {
    const match = matchBlock(block, path)
    if (match === undefined) continue
    const { names, key } = match
    const { tally } = kinds
    const what = tally.what(key)
    const isKind = (kind: string | undefined) => (kind === key ? 1 : undefined)
    switch (kinds.of) {
      case 'request-end':
        return tallied(subject(names), {
          of: kinds.of,
          what,
          keeps: 'count',
          read: (end) => isKind(kinds.tally.kindOf(end)),
        })
      case 'node-end':
        return tallied(subject(names), {
          of: kinds.of,
          what,
          keeps: 'count',
          read: (end) => isKind(kinds.tally.kindOf(end)),
        })
      case 'actor-end':
        return tallied(subject(names), {
          of: kinds.of,
          what,
          keeps: 'count',
          read: (end) => isKind(kinds.tally.kindOf(end)),
        })
      case 'record-end':
        return tallied(subject(names), {
          of: kinds.of,
          what,
          keeps: 'count',
          read: (end) => isKind(kinds.tally.kindOf(end)),
        })
      default:
        return kinds satisfies never
    }
  }
  return undefined
}

function matchPattern(pattern: readonly string[], path: FigurePath): Pick<RouteMatch, 'names' | 'rest'> | undefined {
  const isOpen = pattern.at(-1) === '**'
  const keys = isOpen ? pattern.slice(0, -1) : pattern
  if (isOpen ? path.length <= keys.length : path.length !== keys.length) return undefined
  if (!keys.every((key, index) => key === '*' || key === path[index])) return undefined
  return { names: path.filter((_, index) => keys[index] === '*'), rest: path.slice(keys.length) }
}

function sketchFormula(
  key: string,
  subject: Subject,
  tally: typeof requestDurations | typeof executionTimes | typeof actorTimes,
) {
  switch (key) {
    case 'relative_accuracy':
      return { type: 'constant', value: sketchAccuracy, what: 'fixed' } as const
    case 'sum':
    case 'min':
    case 'max':
      return unscaled(tallied(subject, tally, key))
    case 'count':
      return countOfTally(subject, tally, tally.what)
    case 'zero_count': {
      const values = tallied(subject, tally)
      if (values.type !== 'measure') return undefined
      const { value, what } = values.measure
      return measure('count', `zeros in the ${what}`, (event) => (value(event) === 0 ? 1 : undefined))
    }
    default:
      return undefined
  }
}

/** The same in the whole numbers of the events: a sketch is in microseconds. */
function unscaled(formula: Formula): Formula {
  if (formula.type !== 'measure') return formula
  const { scale: _, ...measure } = formula.measure
  return { type: 'measure', measure }
}

/** What belongs to no node, less what the program stated for nodes without requests of their own. */
function unattributed(match: RouteMatch): Formula | undefined {
  const stated = statedNodes(match.metadata)
  const isStated = ({ node }: { readonly node: string }) => stated.has(node)
  if (last(match) === 'total_cost_usd') {
    return unattributedCost(
      match.metadata,
      stated.size === 0 ? undefined : statedCost('stated cost of nodes', isStated),
    )
  }
  const ofOthers: Subject = { name: 'nodes without requests of their own', has: () => false, statedBy: isStated }
  const row = Object.entries(totalTokenFigures).find(([key]) => key === last(match))?.[1]
  const of = (subject: Subject) => row?.formula?.({ subject, block: block(match), isRehearsal: false })
  const [own, others] = [of(outsideNodes), of(ofOthers)]
  if (own === undefined || others === undefined || stated.size === 0) return own
  return notBelow0(difference(own, others))
}

/** How often one thing was not understood; undefined for the rest, which has no place of its own. */
function notUnderstoodAt(match: RouteMatch): Formula | undefined {
  const endpoint = match.metadata.not_understood?.endpoints[Number(name(match))]
  if (endpoint === undefined || endpoint.path === '') return undefined
  const { kind, host, path } = endpoint
  return countOf(
    `${kind} at ${host}${path} not understood`,
    (event) => event.type === 'not-understood' && event.kind === kind && event.host === host && event.path === path,
  )
}
