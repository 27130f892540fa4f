import type { RunRowStatus } from '../../src/report/runs/run-row.ts'

const tones: Readonly<Record<RunRowStatus, string>> = {
  running: 'live',
  complete: 'good',
  interrupted: 'warning',
  unfinished: 'warning',
  failed: 'bad',
  dead: 'bad',
}

/** The status of a run, as a word; its colour only underlines it. A run that came to its end with failures is not green. */
export function StatusPill({
  status,
  failedShare = 0,
}: {
  readonly status: RunRowStatus
  readonly failedShare?: number | undefined
}) {
  const tone = status === 'complete' && failedShare > 0 ? (failedShare > 0.1 ? 'bad' : 'warning') : tones[status]
  return (
    <span class="pill" data-tone={tone}>
      {status}
    </span>
  )
}
