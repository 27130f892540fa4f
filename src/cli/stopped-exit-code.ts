import type { StopReason } from '../workflow/run/run-options.ts'

const exitCodes: Readonly<Record<StopReason['type'], number>> = {
  limit: 3,
  'model-down': 5,
  pause: 0,
  ledger: 1,
  signal: 1,
}

/** The exit code of a run that was stopped before its end; see docs/cli.md. */
export function stoppedExitCode(stopped: StopReason | undefined): number {
  return exitCodes[stopped?.type ?? 'signal']
}
