/** What every answer says to the browser: nothing from elsewhere is loaded, run, framed or guessed. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

/** What is looked at of a request. */
export interface GuardedRequest {
  readonly method: string | undefined
  /** A header, by its name in lower case. */
  readonly header: (name: string) => string | null | undefined
}

/**
 * Why a request to a server of this machine is refused; undefined when it may be answered. Other pages in the same browser can
 * reach 127.0.0.1 too, by a name of their own that points there or by a link: they are told apart by what the browser says of
 * them.
 */
export function refusalOf(
  { method, header }: GuardedRequest,
  port: number,
): { readonly status: 403 | 405; readonly reason: string } | undefined {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, reason: 'nothing can be changed here, only read' }
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const host = header('host')
  if (!hosts.some((own) => own === host)) return { status: 403, reason: 'the Host of the request is not this server' }
  const origin = header('origin') ?? undefined
  if (origin !== undefined && !hosts.some((own) => origin === `http://${own}`)) {
    return { status: 403, reason: 'the Origin of the request is another page' }
  }
  const site = header('sec-fetch-site') ?? undefined
  const isLink = header('sec-fetch-mode') === 'navigate'
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isLink) {
    return { status: 403, reason: 'the request comes from another site' }
  }
  return undefined
}
