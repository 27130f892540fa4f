import { useState } from 'preact/hooks'
import { isTruncated } from '../../src/metadata/events/finish-reason.ts'
import { errorName, meaningOfError } from '../../src/report/run/error-meaning.ts'
import { sumOfCosts } from '../../src/report/run/sum-of-costs.ts'
import { formatCount, formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { RecordAttempt, RecordCall } from '../../src/studio/ledger/record-detail.ts'
import { Amount } from '../shell/amount.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import { OutcomeMark, outcomeOf } from './errors-view.tsx'

interface Scale {
  readonly fromMs: number
  readonly lengthMs: number
}

/** A record's calls from its first request on; the attempts of a call lie on its line and unfold below it. */
export function Waterfall({ calls }: { readonly calls: readonly RecordCall[] }) {
  const attempts = calls.flatMap((call) => call.attempts)
  if (attempts.length === 0) return <p class="card-text faint">It made no request.</p>
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
            <th data-number>in</th>
            <th data-number>out</th>
            <th data-number>cost</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call, index) => (
            <CallRows key={`${index} ${call.node}`} call={call} scale={scale} />
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function CallRows({ call, scale }: { readonly call: RecordCall; readonly scale: Scale }) {
  const [isOpen, setOpen] = useState(false)
  const { attempts } = call
  const [first] = attempts
  const last = attempts.at(-1)
  if (first === undefined || last === undefined) return null
  const retries = attempts.length - 1
  const endMs = last.startedAtMs + last.durationSeconds * 1000
  return (
    <>
      <tr class="call-row">
        <th scope="row">
          {call.node ?? 'outside of nodes'} <span class="faint">{call.model}</span>
          {retries === 0 ? null : (
            <button type="button" class="button quiet small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? '▾' : '▸'} {formatQuantity(retries, 'retry', 'retries')}
            </button>
          )}
        </th>
        <td class="nowrap">
          <AnswerText attempt={last} />
        </td>
        <td class="time-cell">
          <Bars attempts={attempts} scale={scale} />
        </td>
        <td data-number>{formatSeconds((endMs - first.startedAtMs) / 1000)}</td>
        <Usage attempts={attempts} />
      </tr>
      {isOpen
        ? attempts.map((attempt, index) => (
            <tr key={String(index)} class="attempt-row">
              <td class="faint">{index === 0 ? 'first try' : `retry ${attempt.resendCount}`}</td>
              <td class="nowrap">
                <AnswerText attempt={attempt} />
              </td>
              <td class="time-cell">
                <Bars attempts={[attempt]} scale={scale} />
              </td>
              <td data-number>{formatSeconds(attempt.durationSeconds)}</td>
              <Usage attempts={[attempt]} />
            </tr>
          ))
        : null}
    </>
  )
}

/** What attempts used and cost; a part that is not known says why. */
function Usage({ attempts }: { readonly attempts: readonly RecordAttempt[] }) {
  const sum = (read: (attempt: RecordAttempt) => number) => attempts.reduce((total, each) => total + read(each), 0)
  const [prompt, completion] = [
    sum(({ promptTokens }) => promptTokens),
    sum(({ completionTokens }) => completionTokens),
  ]
  const cost = sumOfCosts(attempts.flatMap((attempt) => attempt.cost ?? []))
  const reasons = [...new Set(attempts.flatMap(({ costReason }) => costReason ?? []))].join('; ')
  return (
    <>
      <td data-number>{prompt === 0 ? '' : formatCount(prompt)}</td>
      <td data-number>{completion === 0 ? '' : formatCount(completion)}</td>
      <td data-number title={reasons || undefined}>
        {cost === undefined ? (
          ''
        ) : (
          <>
            <Amount cost={cost} />
            {reasons ? <span class="visually-hidden">: {reasons}</span> : null}
          </>
        )}
      </td>
    </>
  )
}

function AnswerText({ attempt }: { readonly attempt: RecordAttempt }) {
  const { status, isAnswered, errorType, finishReason } = attempt
  if (isAnswered) {
    return (
      <span data-tone={isTruncated({ finishReason }) ? 'warning' : undefined}>
        <OutcomeMark outcome="answered" /> {status} {finishReason}
      </span>
    )
  }
  const name = errorName(errorType ?? `http_${status}`)
  const meaning = meaningOfError(errorType ?? `http_${status}`)
  return (
    <span data-tone={status === 429 ? 'warning' : 'bad'}>
      <OutcomeMark outcome={outcomeOf(attempt)} /> {name === String(status) ? '' : status === 0 ? '' : `${status} `}
      {name}
      {meaning === '–' ? '' : ` ${meaning}`}
    </span>
  )
}

function Bars({
  attempts,
  scale: { fromMs, lengthMs },
}: {
  readonly attempts: readonly RecordAttempt[]
  readonly scale: Scale
}) {
  const percent = (ms: number) => `${((100 * ms) / lengthMs).toFixed(3)}%`
  const said = attempts.map(({ startedAtMs, waitSeconds = 0, durationSeconds, timeToFirstTokenSeconds }) =>
    [
      `starts after ${formatSeconds((startedAtMs - fromMs) / 1000)}`,
      waitSeconds > 0 ? `waited ${formatSeconds(waitSeconds)}` : '',
      timeToFirstTokenSeconds === undefined ? '' : `first token after ${formatSeconds(timeToFirstTokenSeconds)}`,
      `took ${formatSeconds(durationSeconds)}`,
    ]
      .filter(Boolean)
      .join(', '),
  )
  const text = said.join('; ')
  return (
    <span class="attempt" title={text}>
      <span class="visually-hidden">{text}</span>
      {attempts.map(({ startedAtMs, durationSeconds, waitSeconds = 0, timeToFirstTokenSeconds, ...attempt }, index) => {
        const waitMs = Math.min(waitSeconds * 1000, startedAtMs - fromMs)
        return (
          <span key={String(index)}>
            {waitMs > 0 ? (
              <span
                class="attempt-wait"
                style={{ left: percent(startedAtMs - waitMs - fromMs), width: percent(waitMs) }}
              />
            ) : null}
            <span
              class="attempt-bar"
              data-outcome={outcomeOf(attempt)}
              style={{ left: percent(startedAtMs - fromMs), width: percent(durationSeconds * 1000) }}
            />
            {timeToFirstTokenSeconds === undefined ? null : (
              <span
                class="attempt-first"
                style={{ left: percent(startedAtMs - fromMs + timeToFirstTokenSeconds * 1000) }}
              />
            )}
          </span>
        )
      })}
    </span>
  )
}
