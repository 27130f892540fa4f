import type { RunRowStatus } from '../../src/report/runs/run-row.ts'

const tones: Readonly<Record<RunRowStatus, string>> = {
  running: 'live',
  complete: 'good',
  interrupted: 'warning',
  unfinished: 'warning',
  failed: 'bad',
  dead: 'bad',
}

/** The status of a run, as a word; its colour and its shape only underline it. A run that came to its end with failures is not green. */
export function StatusPill({
  status,
  failedShare = 0,
}: {
  readonly status: RunRowStatus
  readonly failedShare?: number | undefined
}) {
  const tone = (status === 'complete' ? toneOfFailures(failedShare) : undefined) ?? tones[status]
  return (
    <span class="pill" data-tone={tone}>
      {status}
    </span>
  )
}

/** How grave it is that so large a share failed. */
export function toneOfFailures(share: number): 'bad' | 'warning' | undefined {
  return share === 0 ? undefined : share > 0.1 ? 'bad' : 'warning'
}
