import type { ComponentChildren } from 'preact'
import type { Metadata } from '../../src/metadata/schema.ts'
import { callLatencyOf, unpricedModelsOf } from '../../src/report/run/run-figures.ts'
import { formatAvoided } from '../../src/report/text/format-avoided.ts'
import { formatCostShort } from '../../src/report/text/format-cost.ts'
import {
  formatCount,
  formatPercent,
  formatQuantity,
  formatRate,
  formatSeconds,
  formatUsd,
  unknownMark,
} from '../../src/report/text/format-values.ts'

/** The figures one looks for first. */
export function KeyFigures({ metadata }: { readonly metadata: Metadata }) {
  const { records, requests, tokens, cost, throughput, avoided } = metadata.aggregate_statistics
  const latency = callLatencyOf(metadata)
  const hasRequests = requests.total_requests > 0
  return (
    <dl class="key-figures">
      <Figure name="Cost" value={hasRequests ? formatCostShort(cost) : unknownMark}>
        {hasRequests ? costNotes(metadata).join(', ') : null}
      </Figure>
      <Figure
        name="Records"
        value={formatCount(records.total_processed)}
        tone={records.total_failed > 0 ? 'warning' : undefined}
      >
        {records.total_processed > 0
          ? `${formatPercent(records.success_rate)} succeeded, ${formatCount(records.total_failed)} failed`
          : null}
      </Figure>
      <Figure name="Requests" value={formatCount(requests.total_requests)}>
        {requests.total_retries === 1 ? '1 retry' : `${formatCount(requests.total_retries)} retries`},{' '}
        {formatCount(requests.total_failures)} failed
      </Figure>
      <Figure name="Tokens" value={formatCount(tokens.total_tokens)}>
        {formatCount(tokens.total_prompt_tokens)} in, {formatCount(tokens.total_completion_tokens)} out
      </Figure>
      <Figure name="Latency p50" value={formatSeconds(latency?.p50)}>
        p95 {formatSeconds(latency?.p95)}, p99 {formatSeconds(latency?.p99)}
      </Figure>
      <Figure name="Duration" value={formatSeconds(metadata.execution.timing.duration_seconds)}>
        {throughput === undefined
          ? null
          : `${formatRate(throughput.records_per_second, 'records')}, ${formatRate(throughput.completion_tokens_per_second, 'tokens out')}`}
      </Figure>
      {avoided === undefined ? null : (
        <Figure name="Avoided" value={formatUsd(avoided.cost_usd + (avoided.simulated_cost_usd ?? 0))}>
          {formatAvoided(avoided)}
        </Figure>
      )}
      {requests.in_flight_requests ? (
        <Figure name="In flight" value={formatCount(requests.in_flight_requests)}>
          {formatQuantity(requests.in_flight_requests, 'request')} without an end
        </Figure>
      ) : null}
    </dl>
  )
}

function costNotes(metadata: Metadata): string[] {
  const { records, cost, requests } = metadata.aggregate_statistics
  const { unpriced_requests = 0 } = cost
  const models = unpricedModelsOf(metadata).join(', ')
  return [
    records.total_processed > 0 ? `${formatUsd(cost.total_cost_usd / records.total_processed)} per record` : '',
    unpriced_requests > 0
      ? `${formatCount(unpriced_requests)} of ${formatQuantity(requests.total_requests, 'request')} unpriced: ${models}`
      : '',
  ].filter(Boolean)
}

function Figure({
  name,
  value,
  tone,
  children,
}: {
  readonly name: string
  readonly value: string
  readonly tone?: 'warning'
  readonly children?: ComponentChildren
}) {
  // A word that says what kind of amount it is stands back behind the amount.
  const [, amount = value, unit = ''] = /^(.*) (simulated|free)$/.exec(value) ?? []
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span class="figure" data-tone={tone}>
          {amount}
          {unit === '' ? null : <span class="figure-unit"> {unit}</span>}
        </span>
        <span class="figure-note">{children}</span>
      </dd>
    </div>
  )
}
