/**
 * A kind of error as people call it: `502` for `http_502`, the names of exceptions and codes as they are. What older files call
 * `http_200` failed over what was in an answer.
 */
export function errorName(error: string): string {
  if (error === 'http_0') return 'no response'
  const [, status] = /^http_(\d{3})$/.exec(error) ?? []
  if (status === undefined) return error
  return Number(status) < 400 ? 'model_answer' : status
}
