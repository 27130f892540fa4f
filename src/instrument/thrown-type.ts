/** A word for the kind of what was thrown: its status or code where it has one, else its name. Never its message, which may quote data. */
export function thrownTypeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  if ('statusCode' in error && typeof error.statusCode === 'number') return `http_${error.statusCode}`
  if ('code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.name : 'object'
}
