/** A kind of error as people call it: `502` for `http_502`, the names of exceptions and codes as they are. */
export function errorName(error: string): string {
  return error === 'http_0' ? 'no response' : (/^http_(\d{3})$/.exec(error)?.[1] ?? error)
}
