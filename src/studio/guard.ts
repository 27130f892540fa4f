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

/**
 * Why a request is refused; undefined when it may be answered. Other pages in the same browser can reach 127.0.0.1 too,
 * by a name of their own that points there or by a link: they are told apart by what the browser says of them.
 */
export function refusalOf(
  request: Request,
  port: number,
): { readonly status: 403 | 405; readonly reason: string } | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, reason: 'the studio only reads' }
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const host = request.headers.get('host')
  if (host === null || !hosts.includes(host))
    return { status: 403, reason: 'the Host of the request is not this studio' }
  const origin = request.headers.get('origin')
  if (origin !== null && !hosts.some((own) => origin === `http://${own}`)) {
    return { status: 403, reason: 'the Origin of the request is another page' }
  }
  const site = request.headers.get('sec-fetch-site')
  const isLink = request.headers.get('sec-fetch-mode') === 'navigate'
  if (site !== null && site !== 'same-origin' && site !== 'none' && !isLink) {
    return { status: 403, reason: 'the request comes from another site' }
  }
  return undefined
}
