import { picodollarsPerUsd } from '../../src/metadata/cost.ts'
import { isTruncated } from '../../src/metadata/finish-reason.ts'
import { meaningOf } from '../../src/report/run/run-tables.ts'
import { type CostBlock, formatDerivedCost } from '../../src/report/text/format-cost.ts'
import { formatCount, formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { RecordAttempt, RecordCall, RecordDetail } from '../../src/studio/record-detail.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'

export interface RecordDetailViewProps {
  readonly source: Source
  readonly run: string
  readonly recordId: string
  /** Of the run: how far its costs can be trusted. */
  readonly cost: CostBlock
  /** Another one asks again. */
  readonly version: number
  readonly onClose: () => void
}

/** One record's calls and their attempts, from its first request on. */
export function RecordDetailView({ source, run, recordId, cost, version, onClose }: RecordDetailViewProps) {
  const { value, error } = useAnswer(() => source.record(run, recordId), [run, recordId, version])
  return (
    <div class="record-detail">
      <div class="record-head">
        <h3>
          Record <code>{recordId}</code>
        </h3>
        {value ? <span class="faint">{summaryOf(value)}</span> : null}
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
      {error === undefined ? null : <Notice title={error} tone="bad" />}
      {value === undefined && error === undefined ? <Loading what="its calls" /> : null}
      {value === null ? <p class="card-text faint">The calls of this record are not in the ledger.</p> : null}
      {value ? <Waterfall detail={value} cost={cost} /> : null}
    </div>
  )
}

function summaryOf({ calls, record }: RecordDetail): string {
  return `${formatQuantity(calls.length, 'call')}, ${formatQuantity(record.requests, 'request')}, ${formatSeconds(record.durationSeconds)}`
}

function Waterfall({ detail: { calls }, cost }: { readonly detail: RecordDetail; readonly cost: CostBlock }) {
  const attempts = calls.flatMap((call) => call.attempts)
  const fromMs = Math.min(...attempts.map(({ startedAtMs }) => startedAtMs))
  const toMs = Math.max(...attempts.map(({ startedAtMs, durationSeconds }) => startedAtMs + durationSeconds * 1000))
  const scale = { fromMs, lengthMs: Math.max(1, toMs - fromMs) }
  return (
    <TableFrame label="Calls and attempts">
      <table class="table waterfall">
        <thead>
          <tr>
            <th>call</th>
            <th>answer</th>
            <th class="time-cell">
              <span class="time-scale">
                <span>0</span>
                <span>{formatSeconds(scale.lengthMs / 1000)}</span>
              </span>
            </th>
            <th data-number>time</th>
            <th data-number>tokens in</th>
            <th data-number>out</th>
            <th data-number>cost</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call, callIndex) =>
            call.attempts.map((attempt, index) => (
              <AttemptRow
                key={`${callIndex} ${index}`}
                call={call}
                attempt={attempt}
                isFirst={index === 0}
                scale={scale}
                cost={cost}
              />
            )),
          )}
        </tbody>
      </table>
    </TableFrame>
  )
}

interface Scale {
  readonly fromMs: number
  readonly lengthMs: number
}

function AttemptRow({
  call,
  attempt,
  isFirst,
  scale,
  cost,
}: {
  readonly call: RecordCall
  readonly attempt: RecordAttempt
  readonly isFirst: boolean
  readonly scale: Scale
  readonly cost: CostBlock
}) {
  const { promptTokens, completionTokens, costPicodollars } = attempt
  const usd = costPicodollars === undefined ? undefined : costPicodollars / picodollarsPerUsd
  return (
    <tr>
      <td>
        {isFirst ? (
          <>
            {call.node ?? 'outside of nodes'} <span class="faint">{call.model}</span>
          </>
        ) : (
          <span class="faint">↳ retry {attempt.resendCount}</span>
        )}
      </td>
      <td class="nowrap">
        <AnswerText attempt={attempt} />
      </td>
      <td class="time-cell">
        <AttemptBar attempt={attempt} scale={scale} />
      </td>
      <td data-number>{formatSeconds(attempt.durationSeconds)}</td>
      <td data-number>{promptTokens === 0 ? '' : formatCount(promptTokens)}</td>
      <td data-number>{completionTokens === 0 ? '' : formatCount(completionTokens)}</td>
      <td data-number>{usd === undefined ? '' : formatDerivedCost(usd, cost)}</td>
    </tr>
  )
}

function AnswerText({ attempt: { status, isAnswered, errorType, finishReason } }: { readonly attempt: RecordAttempt }) {
  if (isAnswered) {
    return (
      <span data-tone={isTruncated({ finishReason }) ? 'warning' : undefined}>
        {status} {finishReason}
      </span>
    )
  }
  return (
    <span data-tone={status === 429 ? 'warning' : 'bad'}>
      {status} {errorType ?? meaningOf(String(status))}
    </span>
  )
}

function AttemptBar({
  attempt,
  scale: { fromMs, lengthMs },
}: {
  readonly attempt: RecordAttempt
  readonly scale: Scale
}) {
  const { startedAtMs, durationSeconds, waitSeconds = 0, timeToFirstTokenSeconds } = attempt
  const percent = (ms: number) => `${((100 * ms) / lengthMs).toFixed(3)}%`
  const outcome = attempt.isAnswered ? 'answered' : attempt.status === 429 ? 'limited' : 'failed'
  const waitMs = Math.min(waitSeconds * 1000, startedAtMs - fromMs)
  const said = [
    `starts after ${formatSeconds((startedAtMs - fromMs) / 1000)}`,
    waitSeconds > 0 ? `waited ${formatSeconds(waitSeconds)}` : '',
    timeToFirstTokenSeconds === undefined ? '' : `first token after ${formatSeconds(timeToFirstTokenSeconds)}`,
  ]
  const text = said.filter(Boolean).join(', ')
  return (
    <span class="attempt" title={text}>
      <span class="visually-hidden">{text}</span>
      {waitMs > 0 ? (
        <span class="attempt-wait" style={{ left: percent(startedAtMs - waitMs - fromMs), width: percent(waitMs) }} />
      ) : null}
      <span
        class="attempt-bar"
        data-outcome={outcome}
        style={{ left: percent(startedAtMs - fromMs), width: percent(durationSeconds * 1000) }}
      />
      {timeToFirstTokenSeconds === undefined ? null : (
        <span class="attempt-first" style={{ left: percent(startedAtMs - fromMs + timeToFirstTokenSeconds * 1000) }} />
      )}
    </span>
  )
}
