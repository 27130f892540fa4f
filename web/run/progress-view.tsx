import { errorName } from '../../src/report/run/error-meaning.ts'
import { type CostBlock, formatDerivedCost } from '../../src/report/text/format-cost.ts'
import {
  formatCount,
  formatPercent,
  formatRate,
  formatSeconds,
  formatUsd,
} from '../../src/report/text/format-values.ts'
import type { RunProgress } from '../../src/studio/api.ts'
import type { LensChange } from './lens.ts'

/** How far a running run is, when it will be done, what it will have cost, and what is failing. */
export function ProgressView({
  progress,
  isDone,
  cost,
  onLens,
}: {
  readonly progress: RunProgress
  /** It has ended while one looked at it. */
  readonly isDone: boolean
  readonly cost: CostBlock
  readonly onLens: (change: LensChange) => void
}) {
  const { records, totalRecords, recordsPerSecond, secondsLeft, projectedUsd, inFlight, failingNow } = progress
  const { projectedFromUsd, projectedToUsd } = progress
  const share = totalRecords === undefined || totalRecords === 0 ? undefined : Math.min(1, records / totalRecords)
  const interval =
    projectedFromUsd === undefined || projectedToUsd === undefined
      ? ''
      : ` (${formatUsd(projectedFromUsd)} to ${formatUsd(projectedToUsd)})`
  return (
    <section class="progress" aria-label="Progress">
      <div class="progress-head">
        <strong>
          {formatCount(records)}
          {totalRecords === undefined ? ' records' : ` of ${formatCount(totalRecords)} records`}
        </strong>
        {share === undefined ? null : <span>{formatPercent(Math.round(share * 100) / 100)}</span>}
        <span>{formatRate(recordsPerSecond, 'records')}</span>
        <span>
          {isDone
            ? 'it has ended'
            : secondsLeft === undefined
              ? 'time left not known yet'
              : `${formatSeconds(secondsLeft)} left`}
        </span>
        <span>{inFlight === 0 ? 'no request in flight' : `${formatCount(inFlight)} requests in flight`}</span>
        {projectedUsd === undefined || isDone ? null : (
          <span>
            about {formatDerivedCost(projectedUsd, cost)} in the end{interval}
          </span>
        )}
      </div>
      {share === undefined ? null : (
        <progress class="progress-bar" max={1} value={share} aria-label="Records that are done" />
      )}
      <p class="progress-failing">
        {isDone ? null : failingNow.length === 0 ? (
          <span class="faint">Nothing failed in the last minute.</span>
        ) : (
          <>
            Failed in the last minute:{' '}
            {failingNow.map(({ error, count }) => (
              <button key={error} type="button" class="chip" data-tone="bad" onClick={() => onLens({ error })}>
                {errorName(error)} × {formatCount(count)}
              </button>
            ))}
          </>
        )}
      </p>
    </section>
  )
}
