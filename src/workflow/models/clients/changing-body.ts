/** A fetch that changes the JSON object that is sent; what is no JSON object is sent as it is. */
export function changingBody(
  fetch: typeof globalThis.fetch,
  change: (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): typeof globalThis.fetch {
  return (input, init) => {
    const body = objectIn(init?.body)
    return fetch(input, body === undefined ? init : { ...init, body: JSON.stringify(change(body)) })
  }
}

function objectIn(body: unknown): Record<string, unknown> | undefined {
  if (typeof body !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
