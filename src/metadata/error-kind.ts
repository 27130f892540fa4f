/** By what the attempts that failed are counted: what went wrong in a word, or `http_503`; `http_0` where no response arrived. */
export function errorKindOf({
  status,
  errorType,
}: {
  readonly status: number
  readonly errorType?: string | undefined
}): string {
  return errorType ?? `http_${status}`
}
