import { messageOf } from '../errors.ts'
import { redactLongText } from '../runtime/redact.ts'
import type { RecordFailure } from '../workflow/run/run-options.ts'

const shownFailures = 5

/** The first of the records that failed and why, a line each; empty when none did. */
export function renderFailures(failures: readonly RecordFailure[]): string {
  const lines = failures.slice(0, shownFailures).map(({ recordId, error }) => `  ${recordId}: ${firstLineOf(error)}`)
  if (lines.length === 0) return ''
  const more = failures.length > shownFailures ? [`  … and ${failures.length - shownFailures} more`] : []
  return ['Failed records:', ...lines, ...more, ''].join('\n')
}

function firstLineOf(error: unknown): string {
  return redactLongText(messageOf(error), 4_096).split('\n')[0]?.slice(0, 200) ?? ''
}
