/** What stands in the place of something that must not be written down. */
export const redacted = '[redacted]'

const secretName =
  /(^|[_\-.])(api[_-]?key|key|token|secret|password|passwd|authorization|auth|credential|credentials|cookie|session|signature|bearer)s?$/i
const secretValue =
  /\b(sk-[\w-]{8,}|(gh[pousr]|github_pat|hf|xox[abpr]|pk|rk)[_-][\w-]{8,}|AKIA[A-Z0-9]{12,}|AIza[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*|Bearer\s+\S+)/g
const maxTextLength = 2_000

/** True for a name that a secret would have: `api_key`, `token`, `Authorization`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

/** A URL without its query, fragment and credentials; what is no URL is cut at the first `?` or `#`. */
export function redactUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    const path = pathname === '/' && !url.includes(`${host}/`) ? '' : pathname
    return redactText(`${protocol}//${host}${path}`)
  } catch {
    return redactText(url.replace(/[?#].*$/, '').replace(/\/\/[^/@]*@/, '//'))
  }
}

/** A git remote without credentials; `git@host:path` has none. */
export function redactRemote(remote: string): string {
  return /^[a-z+]+:\/\//i.test(remote) ? redactUrl(remote) : redactText(remote)
}

/** Text with whatever looks like a key or a token replaced. */
export function redactText(text: string): string {
  return text.replace(secretValue, redacted)
}

/**
 * Parameters as they may be written: plain JSON, secrets removed by name and by look, functions and other objects named
 * by their kind, long text cut.
 */
export function redactParameters(parameters: unknown): Record<string, unknown> {
  const plain = redactValue(parameters, '', 0)
  return isRecord(plain) ? plain : {}
}

function redactValue(value: unknown, name: string, depth: number): unknown {
  if (value === null || typeof value === 'boolean') return value
  if (secretName.test(name) && typeof value !== 'number') return redacted
  switch (typeof value) {
    case 'string':
      return redactText(value.length > maxTextLength ? `${value.slice(0, maxTextLength)}…` : value)
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'bigint':
      return value.toString()
    case 'object':
      return redactObject(value, name, depth)
    default:
      return undefined
  }
}

function redactObject(value: object, name: string, depth: number): unknown {
  if (depth > 6) return '[nested too deeply]'
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redactValue(item, name, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return `[${value.constructor?.name ?? 'object'}]`
  const entries = Object.entries(value).map(([key, item]) => [key, redactValue(item, key, depth + 1)])
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
