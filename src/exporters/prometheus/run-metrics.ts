import { isWhole } from '../../metadata/cost.ts'
import type { ActorMetadata, LatencySketch, Metadata, ModelMetadata, NodeMetadata } from '../../metadata/schema.ts'
import { isOpenBatch } from '../../metadata/sent-work.ts'
import { latencyBounds } from '../latency-bounds.ts'
import type { LabelLimits } from './label-limits.ts'
import { type Labels, type MetricFamily, MetricSet } from './metric-set.ts'

type Help = readonly [name: string, help: string]

const counter = (...[name, help]: Help): MetricFamily => ({ name: `sygra_${name}`, type: 'counter', help })
const gauge = (...[name, help]: Help): MetricFamily => ({ name: `sygra_${name}`, type: 'gauge', help })
const histogram = (...[name, help]: Help): MetricFamily => ({ name: `sygra_${name}`, type: 'histogram', help })

// Only what never goes back is a counter: a failed attempt is a failure until its retry comes, so failures are none.
const families = {
  info: gauge('run_info', 'The run; always 1.'),
  runs: gauge('runs', 'The run, or the processes of a program, by status.'),
  started: gauge('run_start_time_seconds', 'When the run began, in seconds since 1970.'),
  duration: gauge('run_duration_seconds', 'Wall time of all its sessions.'),
  records: gauge('records', 'Records by how they ended.'),
  inFlight: gauge('requests_in_flight', 'Requests that were sent and have not ended.'),
  inBatches: gauge(
    'calls_in_batches',
    'Calls that were handed in as batches and whose answers were not read: they are in no other metric.',
  ),
  notUnderstood: counter('not_understood_total', 'What seems to have gone to models and is in no other metric.'),
  missingEvents: gauge(
    'ledger_missing_events',
    'Events that could not be kept: after a crash, figures would be too low.',
  ),
  requests: counter(
    'requests_total',
    'HTTP attempts by status, first tries and retries; code 0 where no response arrived.',
  ),
  retries: counter('request_retries_total', 'Attempts that repeat another.'),
  failedAttempts: counter('request_failed_attempts_total', 'Attempts that did not succeed, retried or not.'),
  errors: counter('request_errors_total', 'Attempts that did not succeed, by error.'),
  waits: counter('request_retry_wait_seconds_total', 'Waits between a failed attempt and the one that repeats it.'),
  calls: counter('calls_total', 'Calls: what the program asked for, whatever attempts it took.'),
  requestTime: histogram('request_duration_seconds', 'From the send of an attempt to its last byte.'),
  tokens: counter('tokens_total', 'Tokens by type; cached ones are in input, reasoning is in output.'),
  cacheReads: counter('cache_read_tokens_total', 'Input tokens that were read from a cache.'),
  cacheWrites: counter('cache_write_tokens_total', 'Input tokens that were written to a cache.'),
  reasoning: counter('reasoning_tokens_total', 'Output tokens of reasoning.'),
  withoutUsage: counter(
    'requests_without_usage_total',
    'Answers that did not say what they used: in no count of tokens.',
  ),
  cost: counter(
    'cost_usd_total',
    'USD spent, as far as it is known; sygra_cost_is_lower_bound says whether it may be more.',
  ),
  simulated: counter('simulated_cost_usd_total', 'USD that a rehearsal would have cost; no money was spent.'),
  lowerBound: gauge('cost_is_lower_bound', 'Above 0 where a part of the cost is not known.'),
  unpriced: counter('unpriced_requests_total', 'Answers whose cost is not known: they are in no amount.'),
  executions: counter('node_executions_total', 'Executions of a node by how they ended.'),
  executionTime: histogram('node_execution_duration_seconds', 'Wall time of an execution of a node.'),
  nodeRequests: counter('node_requests_total', 'HTTP attempts of a node.'),
  nodeTokens: counter('node_tokens_total', 'Tokens of a node by type; those of a subgraph are at the nodes within it.'),
  nodeCost: counter('node_cost_usd_total', 'USD spent by a node, as far as it is known.'),
  nodeSimulated: counter('node_simulated_cost_usd_total', 'USD that a node of a rehearsal would have cost.'),
} as const

/** Of agents, and of tools: a request counts once among each, with the innermost that it was sent in. */
const actorFamilies = (kind: 'agent' | 'tool') => ({
  executions: counter(`${kind}_executions_total`, `Executions of the ${kind} by how they ended.`),
  time: histogram(`${kind}_execution_duration_seconds`, 'Wall time of an execution, whatever it called included.'),
  requests: counter(`${kind}_requests_total`, `HTTP attempts that were sent in the ${kind} itself.`),
  tokens: counter(`${kind}_tokens_total`, 'Their tokens by type.'),
  cost: counter(`${kind}_cost_usd_total`, 'USD spent on them, as far as it is known.'),
  simulated: counter(`${kind}_simulated_cost_usd_total`, 'USD that they would have cost in a rehearsal.'),
  unpriced: counter(`${kind}_unpriced_requests_total`, 'Their answers whose cost is not known: they are in no amount.'),
})
const agentFamilies = actorFamilies('agent')
const toolFamilies = actorFamilies('tool')

/** The metrics of a run, or of the processes of one program, which are added up. */
export function metricsOf(files: readonly Metadata[], limits: LabelLimits): MetricSet {
  const set = new MetricSet()
  for (const metadata of files) {
    addRun(set, metadata, limits)
    const task = limits.valueOf('task', metadata.execution.task_name)
    for (const model of Object.values(metadata.models)) {
      addModel(set, model, { task, model: limits.valueOf('model', model.model_name) }, limits)
    }
    for (const node of Object.values(metadata.nodes)) {
      addNode(set, node, { task, node: limits.valueOf('node', node.node_name) })
    }
    for (const [name, agent] of Object.entries(metadata.agents ?? {})) {
      addActor(set, agent, agentFamilies, { task, agent: limits.valueOf('agent', name) })
    }
    for (const [name, tool] of Object.entries(metadata.tools ?? {})) {
      addActor(set, tool, toolFamilies, { task, tool: limits.valueOf('tool', name) })
    }
  }
  return set
}

function addRun(set: MetricSet, metadata: Metadata, limits: LabelLimits): void {
  const { execution, aggregate_statistics: totals, status } = metadata
  const task = limits.valueOf('task', execution.task_name)
  const { commit_hash } = execution.git
  const { sygra_version } = execution.environment
  // Of each process of a program its own; the number of runs that are shown is bounded like every label.
  const run_id = limits.valueOf('run_id', metadata.run_id ?? '')
  if (run_id !== 'other') {
    set.add(families.info, { task, run_id, version: sygra_version ?? '', commit: commit_hash ?? '' }, 1)
  }
  if (status !== undefined) set.add(families.runs, { task, status }, 1)
  const startedAtMs = Date.parse(execution.timing.start_time ?? '')
  if (run_id !== 'other') {
    set.add(families.started, { task, run_id }, startedAtMs / 1000)
    set.add(families.duration, { task, run_id }, execution.timing.duration_seconds)
  }
  const { total_processed, total_failed } = totals.records
  set.add(families.records, { task, outcome: 'succeeded' }, total_processed - total_failed)
  set.add(families.records, { task, outcome: 'failed' }, total_failed)
  set.add(families.inFlight, { task }, totals.requests.in_flight_requests ?? 0)
  for (const { model, lines } of execution.batches?.filter(isOpenBatch) ?? []) {
    set.add(families.inBatches, { task, model: limits.valueOf('model', model) }, lines)
  }
  set.add(families.notUnderstood, { task }, metadata.not_understood?.total ?? 0)
  if (metadata.ledger !== undefined) set.add(families.missingEvents, { task }, metadata.ledger.missing_events ?? 0)
}

function addModel(set: MetricSet, model: ModelMetadata, labels: Labels, limits: LabelLimits): void {
  const { performance, token_statistics: tokens, cost } = model
  for (const [code, count] of Object.entries(model.response_code_distribution)) {
    set.add(families.requests, { ...labels, code: limits.valueOf('code', code) }, count)
  }
  set.add(families.retries, labels, performance.total_retries)
  set.add(families.failedAttempts, labels, performance.failed_attempts)
  for (const [type, count] of Object.entries(performance.error_types ?? {})) {
    set.add(families.errors, { ...labels, error_type: limits.valueOf('error_type', type) }, count)
  }
  set.add(families.waits, labels, performance.retry_wait_seconds)
  set.add(families.calls, labels, model.calls?.total)
  addHistogram(set, families.requestTime, labels, model.latency_sketch)
  set.add(families.tokens, { ...labels, type: 'input' }, tokens.total_prompt_tokens)
  set.add(families.tokens, { ...labels, type: 'output' }, tokens.total_completion_tokens)
  set.add(families.cacheReads, labels, tokens.cached_prompt_tokens)
  set.add(families.cacheWrites, labels, tokens.cache_write_tokens)
  set.add(families.reasoning, labels, tokens.reasoning_tokens)
  set.add(families.withoutUsage, labels, tokens.requests_without_usage)
  // Whatever is not known has no sample: 0 would look like a cost.
  const isSpent = cost.status !== 'simulated' && cost.status !== 'unpriced'
  if (isSpent && cost.status !== null) set.add(families.cost, labels, cost.total_cost_usd)
  set.add(families.simulated, labels, cost.simulated_cost_usd)
  if (cost.status !== null && cost.status !== undefined) {
    set.add(families.lowerBound, labels, isWhole(cost) ? 0 : 1)
  }
  set.add(families.unpriced, labels, cost.unpriced_requests)
}

function addNode(set: MetricSet, node: NodeMetadata, labels: Labels): void {
  set.add(families.executions, { ...labels, outcome: 'succeeded' }, node.total_executions - node.total_failures)
  set.add(families.executions, { ...labels, outcome: 'failed' }, node.total_failures)
  addHistogram(set, families.executionTime, labels, node.latency_sketch)
  set.add(families.nodeRequests, labels, node.requests?.total_requests)
  set.add(families.nodeTokens, { ...labels, type: 'input' }, node.token_statistics?.total_prompt_tokens)
  set.add(families.nodeTokens, { ...labels, type: 'output' }, node.token_statistics?.total_completion_tokens)
  const { cost } = node
  if (cost === undefined || cost.status === 'unpriced') return
  if (cost.status === 'simulated') set.add(families.nodeSimulated, labels, cost.total_cost_usd)
  else set.add(families.nodeCost, labels, cost.total_cost_usd)
}

function addActor(
  set: MetricSet,
  { total_executions, total_failures, unknown_outcomes, ...actor }: ActorMetadata,
  families: ReturnType<typeof actorFamilies>,
  labels: Labels,
): void {
  const succeeded = total_executions - total_failures - unknown_outcomes
  set.add(families.executions, { ...labels, outcome: 'succeeded' }, succeeded)
  set.add(families.executions, { ...labels, outcome: 'failed' }, total_failures)
  set.add(families.executions, { ...labels, outcome: 'unknown' }, unknown_outcomes)
  addHistogram(set, families.time, labels, actor.latency_sketch)
  const { requests, token_statistics: tokens, cost } = actor
  set.add(families.requests, labels, requests?.total_requests)
  set.add(families.tokens, { ...labels, type: 'input' }, tokens?.total_prompt_tokens)
  set.add(families.tokens, { ...labels, type: 'output' }, tokens?.total_completion_tokens)
  set.add(families.unpriced, labels, requests?.unpriced_requests)
  if (cost === undefined || cost.status === 'unpriced') return
  set.add(cost.status === 'simulated' ? families.simulated : families.cost, labels, cost.total_cost_usd)
}

function addHistogram(set: MetricSet, family: MetricFamily, labels: Labels, sketch: LatencySketch | undefined): void {
  if (sketch === undefined) return
  const counts = cumulativeCounts(sketch)
  latencyBounds.forEach((bound, index) => {
    set.add(family, { ...labels, le: String(bound) }, counts[index], '_bucket')
  })
  set.add(family, { ...labels, le: '+Inf' }, sketch.count, '_bucket')
  set.add(family, labels, sketch.sum / 1e6, '_sum')
  set.add(family, labels, sketch.count, '_count')
}

/** How many values are not above each bound, from the bins of a distribution: a value within 1 % of a bound may be on either side. */
export function cumulativeCounts({ bins, zero_count, relative_accuracy }: LatencySketch): readonly number[] {
  const gamma = (1 + relative_accuracy) / (1 - relative_accuracy)
  const counts = latencyBounds.map(() => zero_count)
  for (const bin of bins === '' ? [] : bins.split(' ')) {
    const [index = 0, count = 0] = bin.split(':').map(Number)
    const seconds = (2 * gamma ** index) / (gamma + 1) / 1e6
    latencyBounds.forEach((bound, position) => {
      if (seconds <= bound) counts[position] = (counts[position] ?? 0) + count
    })
  }
  return counts
}
