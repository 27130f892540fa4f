import { sketchAccuracy } from '../../metadata/distribution.ts'
import { type RecordEnd, succeeded } from '../../metadata/event.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { completionTokensOf, promptTokensOf, totalTokensOf } from '../../metadata/usage.ts'
import {
  costStatusFormulas,
  modelCost,
  receiptFormula,
  runCost,
  statedCost,
  unattributedCost,
  unpricedReason,
} from './cost-formulas.ts'
import { datasetFormula, executionFormula, parameterFormula } from './execution-formulas.ts'
import {
  difference,
  type FigurePath,
  type Formula,
  figure,
  notBelow0,
  quotient,
  type StatisticName,
  statisticNames,
} from './formula.ts'
import {
  costOfNodeAtModel,
  executionFormulas,
  innerFormula,
  nodeCost,
  nodeErrorCount,
  nodeLatency,
  nodeSubject,
  statedNodes,
} from './node-formulas.ts'
import { recordCost, recordErrorCount, recordFormulas, recordTime, wasteFormula } from './record-formulas.ts'
import {
  callFormulas,
  callLatency,
  errorCount,
  firstTokenLatency,
  requestFormulas,
  requestLatency,
  tokenFormulas,
} from './request-formulas.ts'
import {
  countRequests,
  durations,
  ofModel,
  ofNode,
  ofNodeAndModel,
  outsideNodes,
  type Subject,
  theRun,
  tokensOf,
} from './subject.ts'

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
// Of the most expensive and the slowest, those are listed that can be named.
const hasId = ({ recordId }: RecordEnd) => recordId !== undefined

/** Every figure of the file and its formula, by the pattern of its path; the first one that fits counts. */
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
  { pattern: 'execution.**', formula: ({ metadata, rest }) => executionFormula(metadata, rest) },
  { pattern: 'dataset.*', formula: (match) => datasetFormula(match.metadata, last(match)) },
  { pattern: 'aggregate_statistics.records.error_types.*', formula: (match) => recordErrorCount(last(match)) },
  { pattern: 'aggregate_statistics.records.*', formula: (match) => recordFormulas(last(match)) },
  { pattern: 'aggregate_statistics.tokens.*', formula: (match) => tokenFormulas(theRun, block(match))(last(match)) },
  {
    pattern: 'aggregate_statistics.requests.*',
    formula: (match) => requestFormulas(theRun, block(match))(last(match)),
  },
  { pattern: 'aggregate_statistics.calls.latency_statistics.*', formula: statistic(() => theRun, callLatency) },
  { pattern: 'aggregate_statistics.calls.*', formula: (match) => callFormulas(theRun)(last(match)) },
  { pattern: 'aggregate_statistics.cost.total_cost_usd', formula: ({ metadata }) => runCost(metadata) },
  {
    pattern: 'aggregate_statistics.cost.average_cost_per_record',
    formula: (match) =>
      quotient(figure(...block(match), 'total_cost_usd'), figure('aggregate_statistics', 'records', 'total_processed')),
  },
  {
    pattern: 'aggregate_statistics.cost.*',
    formula: (match) => costStatusFormulas(theRun, match.metadata, Object.keys(match.metadata.models))(last(match)),
  },
  {
    pattern: 'aggregate_statistics.unattributed.requests.*',
    formula: (match) => requestFormulas(outsideNodes, block(match))(last(match)),
  },
  { pattern: 'aggregate_statistics.unattributed.*', formula: unattributed },
  { pattern: 'aggregate_statistics.throughput.*', formula: throughput },
  {
    pattern: 'aggregate_statistics.cost_per_record.dearest.*.cost_usd',
    formula: (match) => recordCost({ rank: Number(name(match)) }, hasId),
  },
  {
    pattern: 'aggregate_statistics.latency_per_record.slowest.*.duration_seconds',
    formula: (match) => recordTime({ rank: Number(name(match)) }, hasId),
  },
  { pattern: 'aggregate_statistics.cost_per_record.*', formula: (match) => ifStatistic(last(match), recordCost) },
  { pattern: 'aggregate_statistics.latency_per_record.*', formula: (match) => ifStatistic(last(match), recordTime) },
  {
    pattern: 'aggregate_statistics.waste.*.*',
    formula: (match) =>
      wasteFormula(name(match), last(match), match.metadata.aggregate_statistics.cost.status === 'simulated'),
  },
  {
    pattern: 'models.*.token_statistics.*',
    formula: (match) => tokenFormulas(ofModel(name(match)), block(match))(last(match)),
  },
  { pattern: 'models.*.performance.latency_statistics.*', formula: statistic(modelOf, requestLatency) },
  { pattern: 'models.*.performance.time_to_first_token_statistics.*', formula: statistic(modelOf, firstTokenLatency) },
  { pattern: 'models.*.performance.error_types.*', formula: (match) => errorCount(modelOf(match), last(match)) },
  { pattern: 'models.*.performance.total_latency_seconds', formula: (match) => requestLatency(modelOf(match), 'sum') },
  {
    pattern: 'models.*.performance.average_latency_seconds',
    formula: (match) =>
      quotient(figure(...block(match), 'total_latency_seconds'), figure(...block(match), 'total_requests')),
  },
  { pattern: 'models.*.performance.tokens_per_second', formula: tokensPerSecond },
  {
    pattern: 'models.*.performance.*',
    formula: (match) => requestFormulas(modelOf(match), block(match))(last(match)),
  },
  { pattern: 'models.*.cost.total_cost_usd', formula: (match) => modelCost(match.metadata, name(match)) },
  {
    pattern: 'models.*.cost.average_cost_per_request',
    formula: (match) =>
      quotient(
        figure(...block(match), 'total_cost_usd'),
        figure('models', name(match), 'performance', 'total_requests'),
      ),
  },
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
    formula: (match) => costStatusFormulas(modelOf(match), match.metadata, [name(match)])(last(match)),
  },
  {
    pattern: 'models.*.response_code_distribution.*',
    formula: (match) =>
      countRequests(modelOf(match), `answers with ${last(match)}`, ({ status }) => String(status) === last(match)),
  },
  { pattern: 'models.*.parameters.**', formula: (match) => parameterFormula(name(match), 0, match.rest) },
  {
    pattern: 'models.*.parameter_sets.*.**',
    formula: (match) => parameterFormula(name(match), Number(name(match, 1)), match.rest),
  },
  { pattern: 'models.*.calls.latency_statistics.*', formula: statistic(modelOf, callLatency) },
  { pattern: 'models.*.calls.*', formula: (match) => callFormulas(modelOf(match))(last(match)) },
  {
    pattern: 'models.*.latency_sketch.*',
    formula: (match) => sketchFormula(last(match), (reduction) => unscaled(requestLatency(modelOf(match), reduction))),
  },
  {
    pattern: 'nodes.*.latency_statistics.*',
    formula: (match) => ifStatistic(last(match), (key) => nodeLatency(name(match), key)),
  },
  {
    pattern: 'nodes.*.latency_sketch.*',
    formula: (match) => sketchFormula(last(match), (reduction) => nodeLatency(name(match), reduction, 1)),
  },
  { pattern: 'nodes.*.cost.total_cost_usd', formula: (match) => nodeCost(match.metadata, name(match)) },
  {
    pattern: 'nodes.*.cost.average_cost_per_execution',
    formula: (match) =>
      quotient(figure(...block(match), 'total_cost_usd'), figure('nodes', name(match), 'total_executions')),
  },
  {
    pattern: 'nodes.*.cost.*',
    formula: (match) => costStatusFormulas(ofNode(name(match)), match.metadata, [])(last(match)),
  },
  {
    pattern: 'nodes.*.token_statistics.*',
    formula: (match) => tokenFormulas(nodeSubject(match.metadata, name(match)), block(match))(last(match)),
  },
  {
    pattern: 'nodes.*.requests.*',
    formula: (match) => requestFormulas(ofNode(name(match)), block(match))(last(match)),
  },
  { pattern: 'nodes.*.calls.latency_statistics.*', formula: statistic((match) => ofNode(name(match)), callLatency) },
  { pattern: 'nodes.*.calls.*', formula: (match) => callFormulas(ofNode(name(match)))(last(match)) },
  {
    pattern: 'nodes.*.models.*.total_cost_usd',
    formula: (match) => costOfNodeAtModel(match.metadata, name(match), name(match, 1)),
  },
  {
    pattern: 'nodes.*.models.*.total_tokens',
    formula: (match) => tokensOf(ofNodeAndModel(name(match), name(match, 1)), 'tokens', totalTokensOf),
  },
  {
    pattern: 'nodes.*.models.*.total_requests',
    formula: (match) => countRequests(ofNodeAndModel(name(match), name(match, 1)), 'requests', () => true),
  },
  { pattern: 'nodes.*.inner_nodes.*', formula: (match) => innerFormula(match.metadata, name(match), last(match)) },
  { pattern: 'nodes.*.error_types.*', formula: (match) => nodeErrorCount(name(match), last(match)) },
  { pattern: 'nodes.*.*', formula: (match) => executionFormulas(name(match))(last(match)) },
]

/** How a figure of the file comes about; undefined when nobody has said. */
export function formulaOf(metadata: Metadata, path: FigurePath): Formula | undefined {
  for (const { pattern, formula } of routes) {
    const match = matchPattern(pattern.split('.'), path)
    if (match !== undefined) return formula({ metadata, path, ...match })
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

function modelOf(match: RouteMatch): Subject {
  return ofModel(name(match))
}

function statistic(
  subjectOf: (match: RouteMatch) => Subject,
  formula: (subject: Subject, statistic: StatisticName) => Formula,
) {
  return (match: RouteMatch) => ifStatistic(last(match), (key) => formula(subjectOf(match), key))
}

function ifStatistic(key: string, formula: (statistic: StatisticName) => Formula): Formula | undefined {
  const known = statisticNames.find((each) => each === key)
  return known === undefined ? undefined : formula(known)
}

/** The same in the whole numbers of the events: a sketch is in microseconds. */
function unscaled(formula: Formula): Formula {
  if (formula.type !== 'measure') return formula
  const { scale: _, ...measure } = formula.measure
  return { type: 'measure', measure }
}

function sketchFormula(key: string, reduce: (reduction: StatisticName | 'sum') => Formula): Formula | undefined {
  switch (key) {
    case 'relative_accuracy':
      return { type: 'constant', value: sketchAccuracy, what: 'fixed' }
    case 'sum':
    case 'min':
    case 'max':
      return reduce(key)
    case 'count':
    case 'zero_count': {
      const values = reduce('sum')
      if (values.type !== 'measure') return undefined
      const { value, what } = values.measure
      const isMeant = (microseconds: number | undefined) =>
        microseconds !== undefined && (key === 'count' || microseconds === 0) ? 1 : undefined
      const prefix = key === 'count' ? '' : 'zeros in the '
      return {
        type: 'measure',
        measure: { what: prefix + what, reduction: 'count', value: (event) => isMeant(value(event)) },
      }
    }
    default:
      return undefined
  }
}

function tokensPerSecond(match: RouteMatch): Formula {
  const subject = modelOf(match)
  const seconds = durations(subject, {
    what: 'duration of the requests that succeeded',
    reduction: 'sum',
    read: (request) => (succeeded(request) ? request.durationSeconds : undefined),
  })
  return quotient(figure('models', name(match), 'token_statistics', 'total_completion_tokens'), seconds)
}

function throughput(match: RouteMatch): Formula | undefined {
  const duration = figure('execution', 'timing', 'duration_seconds')
  switch (last(match)) {
    case 'records_per_second':
      return quotient(figure('aggregate_statistics', 'records', 'total_processed'), duration)
    case 'requests_per_second':
      return quotient(figure('aggregate_statistics', 'requests', 'total_requests'), duration)
    case 'completion_tokens_per_second':
      return quotient(figure('aggregate_statistics', 'tokens', 'total_completion_tokens'), duration)
    default:
      return undefined
  }
}

/** What belongs to no node, less what the program stated for nodes without requests of their own. */
function unattributed(match: RouteMatch): Formula | undefined {
  const stated = statedNodes(match.metadata)
  const isStated = ({ node }: { readonly node: string }) => stated.has(node)
  const claims: Subject = { name: 'nodes without requests of their own', has: () => false, statedBy: isStated }
  const tokens = (what: string, read: Parameters<typeof tokensOf>[2]) => {
    const own = tokensOf(outsideNodes, what, read)
    return stated.size === 0 ? own : notBelow0(difference(own, tokensOf(claims, `stated ${what}`, read)))
  }
  switch (last(match)) {
    case 'total_prompt_tokens':
      return tokens('input tokens', promptTokensOf)
    case 'total_completion_tokens':
      return tokens('output tokens', completionTokensOf)
    case 'total_tokens':
      return tokens('tokens', totalTokensOf)
    case 'total_cost_usd':
      return unattributedCost(
        match.metadata,
        stated.size === 0 ? undefined : statedCost('stated cost of nodes', isStated),
      )
    default:
      return undefined
  }
}
