/** What went wrong, as a word a program can test; the text beside it is for people. */
export type ErrorCode =
  | 'bad_argument'
  | 'bad_config'
  | 'bad_data'
  | 'bad_metadata'
  | 'bad_prices'
  | 'missing_key'
  | 'missing_package'
  | 'model_unavailable'
  | 'not_found'
  | 'not_writable'
  | 'unknown_node_type'
  | 'unknown_edge'
  | 'unreachable_end'
  | 'unknown_variable'
  | 'loop_limit'
  | 'bad_function'
  | 'model_answer'
  | 'row_rejected'
  | 'run_failed'
  | 'run_locked'
  | 'run_changed'
  | 'run_stopped'
  | 'unpriced_model'

/** The one error class of the package. The message says where, what was expected, what was found and what to do. */
export class SygraError extends Error {
  override readonly name = 'SygraError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The text of whatever was thrown; thrown values need not be errors, and reading them may fail. Never throws. */
export function messageOf(thrown: unknown): string {
  try {
    if (typeof thrown !== 'object' || thrown === null) return String(thrown)
    const message: unknown = Reflect.get(thrown, 'message')
    if (typeof message === 'string' && (message !== '' || thrown instanceof Error)) return message
    return thrown instanceof Error ? thrown.name : (JSON.stringify(thrown) ?? String(thrown))
  } catch {
    return 'an error that cannot be read'
  }
}

/** True for the error of what was not done because the run stops; SDKs wrap what a fetch throws in errors of their own. */
export function isRunStopped(error: unknown): boolean {
  try {
    let cause = error
    for (let depth = 0; depth < 5 && cause instanceof Error; depth += 1) {
      if (cause instanceof SygraError && cause.code === 'run_stopped') return true
      cause = cause.cause
    }
  } catch {
    // An error whose properties throw is not ours.
  }
  return false
}
