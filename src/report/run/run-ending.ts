import { isWhole } from '../../metadata/cost.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { type CostBlock, formatAvoided, formatDerivedCost } from '../text/format-cost.ts'
import { formatCount, formatPercent, formatQuantity, formatSeconds, formatUsd } from '../text/format-values.ts'
import { type RenderOptions, renderSections } from '../text/render-sections.ts'
import { safeText } from '../text/safe-text.ts'
import type { Cell, PairsSection, Tone } from '../text/section.ts'
import { actorsOf } from './actors.ts'
import { failureHint } from './error-meaning.ts'
import { fitEnding } from './fit-ending.ts'
import { costOfRun, formatRunCost } from './run-cost.ts'
import { callLatencyOf, statusOf } from './run-figures.ts'
import { type PreviousRun, verdictCell, verdictOf } from './verdict.ts'

/** What is known of a run's end beside its metadata. */
export interface RunEnding {
  readonly metadata: Metadata
  /** Why records failed, a text for each, as far as they were kept; without secrets. */
  readonly reasons?: readonly string[]
  /** How many records the data has, where that is known and the run took fewer. */
  readonly sourceCount?: number
  /** The files of the run by name, such as `output`. */
  readonly files?: readonly (readonly [name: string, path: string])[]
  /** The run before, which it is held against. */
  readonly previous?: PreviousRun
}

/** Longer reasons fill the screen and say no more. */
const maxReasonLength = 140

/** The end of a run in a few lines: what failed first, then what it cost, how long it took, and where its files are. */
export function runEndingSection(ending: RunEnding): PairsSection {
  const { metadata, files = [], previous } = ending
  const { aggregate_statistics: totals, execution } = metadata
  const status = statusOf(metadata)
  const pairs: [string, Cell | undefined][] = [
    ['in short', verdictCell(verdictOf(metadata, previous))],
    ['status', { text: statusText(metadata), tone: allFailed(metadata) ? 'bad' : tones[status] }],
    ['processes', processesCell(metadata)],
    ['records', recordsCell(ending)],
    ['failed', failedCell(ending)],
    ['to mend', failureHint(totals.records.error_types, ending.reasons)],
    ['requests', requestsCell(totals)],
    ['cost', costText(metadata)],
    ['avoided', formatAvoided(totals.avoided)],
    ['not counted', notCountedCell(metadata)],
    ['models', modelsText(metadata)],
    ['agents', actorsText(metadata.agents)],
    ['tools', actorsText(metadata.tools)],
    ['most expensive', mostExpensiveText(metadata)],
    ['time', timeText(metadata)],
    ['waits', waitsText(metadata)],
    ...files.map(([name, path]): [string, Cell] => [name, path]),
  ]
  return {
    type: 'pairs',
    title: execution.task_name,
    pairs: pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  }
}

/** The same for the terminal, on no more than `maxLines` lines of it. */
export function renderRunEnding(
  ending: RunEnding,
  { maxLines, ...options }: RenderOptions & { readonly maxLines?: number },
): string {
  const section = runEndingSection(ending)
  const { columns = 0 } = options
  const isFitted = maxLines !== undefined && columns > 0
  return renderSections([isFitted ? fitEnding(section, { columns, maxLines }) : section], options)
}

/** A call that nobody understood is not in these figures, and is never silent. */
function notCountedCell({ not_understood: found }: Metadata): Cell | undefined {
  const [first] = found?.endpoints ?? []
  if (found === undefined || first === undefined) return undefined
  const others = found.endpoints.length - 1
  const where = `${first.host}${first.path}${others > 0 ? `, and ${formatQuantity(others, 'other place')}` : ''}`
  const often = found.total === 1 ? 'once' : `${formatCount(found.total)} times`
  return {
    text: `${often} something was sent to a model, as it seems, that is not understood: ${where}`,
    tone: 'warning',
  }
}

/** True when there were records and none of them succeeded. */
export function allFailed({ aggregate_statistics: { records } }: Metadata): boolean {
  return records.total_processed > 0 && records.total_failed === records.total_processed
}

/** How a status is coloured. */
export const tones: Record<ReturnType<typeof statusOf>, Tone> = {
  complete: 'good',
  running: 'warning',
  interrupted: 'warning',
  unfinished: 'warning',
  failed: 'bad',
}

/** The status of a run and why; that every record failed is said before anything else. */
export function statusText(metadata: Metadata): string {
  const status = statusOf(metadata)
  const { reason } = metadata.execution
  const text = reason ? `${status}: ${reason}` : status
  if (!allFailed(metadata) || /every record failed/.test(text)) return text
  return `every record failed; ${text}`
}

function recordsCell({ metadata, sourceCount }: RunEnding): Cell | undefined {
  const { total_processed, total_failed } = metadata.aggregate_statistics.records
  if (total_processed === 0) return metadata.dataset.source_type === 'unknown' ? undefined : 'none'
  const isPart = sourceCount !== undefined && sourceCount > total_processed
  const of = isPart ? `${formatCount(total_processed)} of ` : ''
  const records = `${of}${formatQuantity(isPart ? sourceCount : total_processed, 'record')}`
  // Of a run that was stopped, its end says how to go on.
  const all = isPart && metadata.status === 'complete' ? ' (all: -n all)' : ''
  if (total_failed === 0) return `${records}${all}`
  const succeeded = total_processed - total_failed
  const text = `${formatCount(total_failed)} failed, ${formatCount(succeeded)} succeeded, ${records}${all}`
  return { text, tone: succeeded === 0 ? 'bad' : 'warning' }
}

/** The commonest reason, and how often it was given. */
function failedCell({ metadata, reasons = [] }: RunEnding): Cell | undefined {
  const { total_failed, error_types = {} } = metadata.aggregate_statistics.records
  if (total_failed === 0) return undefined
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const known = counts.size > 0 ? [...counts] : Object.entries(error_types)
  const [most, ...others] = known.sort(([, a], [, b]) => b - a)
  if (most === undefined) return undefined
  const [reason, count] = most
  const text = reason.length > maxReasonLength ? `${reason.slice(0, maxReasonLength)}…` : reason
  const often = total_failed > 1 ? `${formatCount(count)} of ${formatCount(total_failed)}: ` : ''
  const more = others.length > 0 ? ` (and ${formatQuantity(others.length, 'other reason')})` : ''
  return { text: `${often}${text}${more}`, tone: 'bad' }
}

function requestsCell({ requests, tokens }: Metadata['aggregate_statistics']): Cell {
  const { total_requests, total_retries, total_failures } = requests
  const retries = total_retries === 1 ? '1 retry' : `${formatCount(total_retries)} retries`
  const used = formatQuantity(tokens.total_tokens, 'token')
  const text = `${formatCount(total_requests)}, ${retries}, ${formatCount(total_failures)} failed; ${used}`
  return total_failures > 0 ? { text, tone: 'warning' } : text
}

function costText(metadata: Metadata): string {
  const { cost, requests, records } = metadata.aggregate_statistics
  const whole = formatRunCost(metadata)
  if (records.total_processed === 0 || requests.total_requests === 0 || cost.status === 'unpriced') return whole
  const perRecord = formatDerivedCost(cost.average_cost_per_record, {
    ...costOfRun(metadata),
    status: shownStatus(cost),
  })
  return `${whole}, ${perRecord} a record`
}

/** More models than these are for `show`. */
const maxModels = 3
const maxActors = 3

/** What each model cost, the most expensive first. */
function modelsText({ models }: Metadata): string | undefined {
  const used = Object.entries(models).filter(([, { performance }]) => performance.total_requests > 0)
  const sorted = used.sort(([, a], [, b]) => b.cost.total_cost_usd - a.cost.total_cost_usd)
  const shown = sorted.slice(0, maxModels).map(([name, { cost }]) => {
    return used.length > 1
      ? `${name} ${formatDerivedCost(cost.total_cost_usd, { ...cost, status: shownStatus(cost) })}`
      : name
  })
  const more = used.length > maxModels ? [`and ${used.length - maxModels} more`] : []
  return used.length === 0 ? undefined : [...shown, ...more].join(', ')
}

/** What agents or tools did and what their own requests cost, the most expensive first. */
function actorsText(actors: Metadata['agents']): string | undefined {
  const all = actorsOf(actors)
  const shown = all.slice(0, maxActors).map(({ name, actor: { total_executions, total_failures, cost } }) => {
    const facts = [
      ...(total_executions > 0 ? [`${formatCount(total_executions)}×`] : []),
      ...(total_failures > 0 ? [`${formatCount(total_failures)} failed`] : []),
      ...(cost === undefined ? [] : [formatDerivedCost(cost.total_cost_usd, { ...cost, status: shownStatus(cost) })]),
    ]
    return [name, facts.join(', ')].join(' ').trim()
  })
  const more = all.length > maxActors ? [`and ${all.length - maxActors} more`] : []
  return all.length === 0 ? undefined : [...shown, ...more].join('; ')
}

// That a cost is simulated or free is said once, of the whole.
function shownStatus({ status }: CostBlock): CostBlock['status'] {
  return status === 'partial' || status === 'unpriced' ? status : undefined
}

/** The node that cost most and its share; undefined where only one node asked a model. */
function mostExpensiveText(metadata: Metadata): string | undefined {
  const cost = costOfRun(metadata)
  const priced = Object.entries(metadata.nodes).flatMap(([name, node]) =>
    node.cost !== undefined && node.cost.total_cost_usd > 0 ? [{ name, cost: node.cost }] : [],
  )
  const most = priced.sort((a, b) => b.cost.total_cost_usd - a.cost.total_cost_usd)[0]
  if (most === undefined || priced.length < 2) return undefined
  // Of a cost that is not known whole, nobody knows what share a part has.
  const isShareKnown = cost.total_cost_usd > 0 && isWhole(cost)
  const share = isShareKnown ? `, ${formatPercent(most.cost.total_cost_usd / cost.total_cost_usd)}` : ''
  const amount = formatDerivedCost(most.cost.total_cost_usd, {
    ...most.cost,
    status: shownStatus(most.cost),
    isOpen: cost.isOpen,
  })
  return `node ${most.name}: ${amount}${share}`
}

function timeText(metadata: Metadata): string | undefined {
  const { duration_seconds } = metadata.execution.timing
  const latency = callLatencyOf(metadata)
  const calls = latency && `calls p50 ${formatSeconds(latency.p50)}, p95 ${formatSeconds(latency.p95)}`
  const parts = [duration_seconds === null ? undefined : formatSeconds(duration_seconds), calls]
  return parts.filter((part) => part !== undefined).join('; ') || undefined
}

/** Time that calls spent waiting before they asked again. */
function waitsText({ aggregate_statistics: { requests } }: Metadata): string | undefined {
  const { retry_wait_seconds = 0 } = requests
  return retry_wait_seconds > 0 ? `${formatSeconds(retry_wait_seconds)} before retries, all calls together` : undefined
}

/** How many processes a program had, which of them ended badly, and which cost most; undefined where it was one. */
function processesCell({ execution, aggregate_statistics: { cost } }: Metadata): Cell | undefined {
  const rows = Object.entries(execution.workers ?? {}).filter(([, { transport }]) => transport === 'none')
  if (rows.length === 0) return undefined
  const bad = rows.filter(([, { status }]) => status === 'failed' || status === 'interrupted')
  const [first] = bad
  const why = first === undefined ? '' : `${first[0]}, ${safeText(first[1].reason ?? first[1].status ?? '')}`
  const others = bad.length > 1 ? `, and ${bad.length - 1} more` : ''
  const failed =
    first === undefined
      ? ''
      : `; ${`${bad.length} ${bad.length === 1 ? 'has' : 'have'}`} not ended well: ${why}${others}`
  const [mostExpensive] = rows.toSorted(([, a], [, b]) => b.total_cost_usd - a.total_cost_usd)
  const most =
    mostExpensive === undefined || cost.total_cost_usd === 0
      ? ''
      : `; ${mostExpensive[0]} cost most: ${formatUsd(mostExpensive[1].total_cost_usd)}`
  const text = `${rows.length}${failed}${most}`
  return first === undefined ? text : { text, tone: 'warning' }
}
