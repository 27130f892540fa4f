import type { ComponentChildren } from 'preact'
import type { Metadata } from '../../src/metadata/schema.ts'
import { callsInBatches } from '../../src/metadata/sent-work.ts'
import { costOfRun } from '../../src/report/run/run-cost.ts'
import { callLatencyOf, exactThroughput } from '../../src/report/run/run-figures.ts'
import { formatAvoided, formatAvoidedMoney, formatCostShort, formatPartOf } from '../../src/report/text/format-cost.ts'
import {
  formatCount,
  formatPercent,
  formatQuantity,
  formatRate,
  formatSeconds,
  unknownMark,
} from '../../src/report/text/format-values.ts'
import type { SliceAnswer } from '../../src/studio/api.ts'
import { Loading, Notice } from '../shell/notice.tsx'

export interface KeyFiguresProps {
  readonly metadata: Metadata
  /** The part that is looked at: the whole run, a part of it, null where nobody knows it, undefined while it is read. */
  readonly part: 'whole' | SliceAnswer | null | undefined
  readonly onExplain: (figure: string) => void
}

/** The figures one looks for first, of the run or of the part of it that is looked at. */
export function KeyFigures({ metadata, part, onExplain }: KeyFiguresProps) {
  if (part === 'whole') return <FiguresOfRun metadata={metadata} onExplain={onExplain} />
  if (part === undefined) return <Loading what="this part of the run" />
  if (part !== null) return <FiguresOfSlice slice={part} />
  return (
    <Notice title="Of this part nothing is known here">
      <p>
        A report holds parts of its run by one node, model or error, the most expensive and most frequent of them; a run
        that kept no ledger has none.
      </p>
    </Notice>
  )
}

function FiguresOfRun({ metadata, onExplain }: Omit<KeyFiguresProps, 'part'>) {
  const { records, requests, tokens, calls, avoided } = metadata.aggregate_statistics
  const latency = callLatencyOf(metadata)
  const throughput = exactThroughput(metadata)
  const inBatches = callsInBatches(metadata)
  const hasRequests = requests.total_requests > 0
  const ofRun = costOfRun(metadata)
  const hasRecords = records.total_processed > 0
  const explain = (figure: string) => () => onExplain(figure)
  return (
    <dl class="key-figures">
      <Figure
        name="Cost"
        value={hasRequests || ofRun.isOpen ? formatCostShort(ofRun) : unknownMark}
        onExplain={explain('aggregate_statistics.cost.total_cost_usd')}
      >
        {hasRequests ? costNotes(metadata).join(', ') : null}
      </Figure>
      {hasRecords || calls === undefined ? (
        <Figure
          name="Records"
          value={formatCount(records.total_processed)}
          onExplain={explain('aggregate_statistics.records.total_processed')}
        >
          {hasRecords ? (
            <span data-tone={records.total_failed > 0 ? 'bad' : undefined}>
              {formatPercent(records.success_rate)} succeeded, {formatCount(records.total_failed)} failed
            </span>
          ) : null}
        </Figure>
      ) : (
        <Figure name="Calls" value={formatCount(calls.total)} onExplain={explain('aggregate_statistics.calls.total')}>
          {formatCount(calls.failed)} failed
        </Figure>
      )}
      <Figure
        name="Requests"
        value={formatCount(requests.total_requests)}
        onExplain={explain('aggregate_statistics.requests.total_requests')}
      >
        <abbr title="Each HTTP attempt is a request. A retry repeats one that failed.">
          {requests.total_retries === 1 ? '1 retry' : `${formatCount(requests.total_retries)} retries`}
        </abbr>
        ,{' '}
        <abbr title="Requests that failed and were not repeated: with each of them a call failed.">
          {formatCount(requests.total_failures)} given up
        </abbr>
      </Figure>
      <Figure
        name="Tokens"
        value={formatCount(tokens.total_tokens)}
        onExplain={explain('aggregate_statistics.tokens.total_tokens')}
      >
        {formatCount(tokens.total_prompt_tokens)} in, {formatCount(tokens.total_completion_tokens)} out
      </Figure>
      <Figure
        name="Latency of calls, p50"
        value={formatSeconds(latency?.p50)}
        onExplain={calls === undefined ? undefined : explain('aggregate_statistics.calls.latency_statistics.p50')}
      >
        p95 {formatSeconds(latency?.p95)}, p99 {formatSeconds(latency?.p99)}
      </Figure>
      <Figure
        name="Duration"
        value={formatSeconds(metadata.execution.timing.duration_seconds)}
        onExplain={explain('execution.timing.duration_seconds')}
      >
        {throughput === undefined
          ? null
          : hasRecords
            ? `${formatRate(throughput.records_per_second, 'records')}, ${formatRate(throughput.completion_tokens_per_second, 'tokens out')}`
            : `${formatRate(throughput.requests_per_second, 'requests')}, ${formatRate(throughput.completion_tokens_per_second, 'tokens out')}`}
      </Figure>
      {avoided === undefined ? null : (
        <Figure name="Avoided" value={formatAvoidedMoney(avoided)}>
          {formatAvoided(avoided)}
        </Figure>
      )}
      {metadata.status !== 'running' && requests.in_flight_requests ? (
        <Figure name="Without an end" value={formatCount(requests.in_flight_requests)}>
          requests that were in flight when it stopped
        </Figure>
      ) : null}
      {inBatches > 0 ? (
        <Figure name="In batches" value={formatCount(inBatches)}>
          calls that were handed in, whose cost is still to come
        </Figure>
      ) : null}
    </dl>
  )
}

function FiguresOfSlice({ slice: { whole, all, failedRecords, isSample } }: { readonly slice: SliceAnswer }) {
  const share = all.cost.total_cost_usd > 0 ? whole.cost.total_cost_usd / all.cost.total_cost_usd : undefined
  return (
    <dl class="key-figures" aria-label="Of the part that is looked at">
      <Figure name="Cost" value={formatCostShort(whole.cost)}>
        {[
          share === undefined ? '' : `${percent(share)} of the run`,
          whole.isPaidByTheHour ? 'the time of machines is not in it' : '',
          isSample ? sampleNote : '',
        ]
          .filter(Boolean)
          .join(', ')}
      </Figure>
      <Figure name="Records" value={formatCount(whole.records)}>
        {formatCount(failedRecords)} of them failed so
      </Figure>
      <Figure name="Requests" value={formatCount(whole.requests)}>
        {formatQuantity(whole.retries, 'retry', 'retries')}, {formatQuantity(whole.failedAttempts, 'failed attempt')}
      </Figure>
      <Figure name="Tokens" value={formatCount(whole.promptTokens + whole.completionTokens)}>
        {formatCount(whole.promptTokens)} in, {formatCount(whole.completionTokens)} out
      </Figure>
      <Figure name="Latency of requests, p50" value={formatSeconds(whole.latency?.p50)}>
        p95 {formatSeconds(whole.latency?.p95)}, max {formatSeconds(whole.latency?.max)}
      </Figure>
      <Figure name="Waited" value={formatSeconds(whole.waitSeconds)}>
        before retries, all calls together
      </Figure>
    </dl>
  )
}

/** What is said beside figures that were made of a sample of the ledger. */
export const sampleNote = 'estimated from a sample'

/** A share in whole per cent; what is more than nothing is not 0. */
export function percent(share: number): string {
  return share > 0 && share < 0.01 ? '< 1%' : formatPercent(Math.round(share * 100) / 100)
}

function costNotes(metadata: Metadata): string[] {
  const { records, cost, requests } = metadata.aggregate_statistics
  const { unpriced_requests = 0 } = cost
  const succeeded = records.total_processed - records.total_failed
  const perRecord = (count: number, what: string) =>
    count > 0 ? `${formatPartOf(cost.total_cost_usd / count, costOfRun(metadata))} per ${what}` : ''
  return [
    records.total_failed > 0
      ? perRecord(succeeded, 'record that succeeded')
      : perRecord(records.total_processed, 'record'),
    unpriced_requests > 0
      ? `${formatCount(unpriced_requests)} of ${formatQuantity(requests.total_requests, 'request')} not known`
      : '',
  ].filter(Boolean)
}

function Figure({
  name,
  value,
  onExplain,
  children,
}: {
  readonly name: string
  readonly value: string
  readonly onExplain?: (() => void) | undefined
  readonly children?: ComponentChildren
}) {
  // What kind of amount it is is said by its name.
  const [, text = value, kind = ''] = /^(.*) (simulated|free)$/.exec(value) ?? []
  return (
    <div>
      <dt>{kind === '' ? name : `${name}, ${kind}`}</dt>
      <dd>
        {onExplain === undefined ? (
          <span class="figure">{text}</span>
        ) : (
          <button type="button" class="figure" title="How it comes about" onClick={onExplain}>
            {text}
          </button>
        )}
        <span class="figure-note">{children}</span>
      </dd>
    </div>
  )
}
