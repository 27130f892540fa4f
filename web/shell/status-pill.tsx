import type { RunRowStatus } from '../../src/report/runs/run-row.ts'

const tones: Readonly<Record<RunRowStatus, string>> = {
  running: 'live',
  complete: 'good',
  interrupted: 'warning',
  unfinished: 'warning',
  failed: 'bad',
  dead: 'bad',
}

/** The status of a run, as a word; its colour only underlines it. */
export function StatusPill({ status }: { readonly status: RunRowStatus }) {
  return (
    <span class="pill" data-tone={tones[status]}>
      {status}
    </span>
  )
}
