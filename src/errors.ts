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

/** The text of whatever was thrown; thrown values need not be errors. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** True for the error of what was not done because the run stops; SDKs wrap what a fetch throws in errors of their own. */
export function isRunStopped(error: unknown): boolean {
  let cause = error
  for (let depth = 0; depth < 5 && cause instanceof Error; depth += 1) {
    if (cause instanceof SygraError && cause.code === 'run_stopped') return true
    cause = cause.cause
  }
  return false
}
