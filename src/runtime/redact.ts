import { URL } from '../platform.ts'
import { knownKey } from './key-forms.ts'
import { withoutKnownSecrets } from './known-secrets.ts'
import { isAmbiguousName, isSecretName } from './secret-names.ts'

/** What stands in the place of something that must not be written down. */
export const redacted = '[redacted]'

export { rememberSecret, rememberSecrets, rememberSecretsOfRequest } from './known-secrets.ts'
export { isSecretName } from './secret-names.ts'

const maxTextLength = 2_000

/** `Authorization: Bearer KEY`, whatever the key looks like, and `Bearer KEY` alone, if it looks like one. */
const authorization =
  /(authorization\\{0,3}["']?\s{0,3}[:=]\s{0,3}\\{0,3}["']?(?:Bearer|Basic|Token|ApiKey|Key)\s{1,5})[^\s"',;\\]+/gi
const scheme = /\b(Bearer|Basic)(\s{1,5})([\w.~+/=:-]{6,})/gi
const privateKey =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]{0,20000}-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[\w+/=\s\\:,-]*)/g
/** `https://user:password@host`, up to the last @ before the path. */
const urlCredentials = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#"'<>]{1,500}@/gi
/** `user:password@host:repository`, as git knows it. */
const remoteCredentials =
  /(?<![\w.+:/-])(?!(?:mailto|npm|jsr|workspace):)[\w.+-]{1,64}:[^\s@/:"']{3,200}@(?=[\w.-]{1,200}[:/])/gi
const urlInText = /\bhttps?:\/\/[^\s"'<>]+/gi
/** `--api-key value`. */
const option = /(?<!\S)--([A-Za-z][\w-]{1,100})(\s{1,3})([^\s-][^\s]{3,})/g
/** `name=`, `name: `, `"name": `, and that with escaped quotes; what stands behind it is read on its own. */
const nameAndSign = /(?<!\w)([A-Za-z][\w.-]{1,120}(?:\[\w{0,20}\])?)(\\{0,3}["']?\s{0,3}[=:]\s{0,3})/g
const valueBehind = /(\\{1,3}")[^"\\\n]*|(["'])(?:(?!\2)[^\\\n]|\\.)*|[^\s"'&,;<>(){}]{3,200}/y
/** What is left of a value without quotes; a look at more than its beginning, for each name in it, would take square time. */
const restOfValue = /[^\s"'&,;<>(){}]*/y

/** A URL without its query, fragment and credentials; what is no URL is cut at the first `?` or `#`. */
export function redactUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    const path = pathname === '/' && !url.includes(`${host}/`) ? '' : pathname
    return redactText(`${protocol}//${host}${path.replaceAll(longRun, withoutKey)}`)
  } catch {
    return redactText(url.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//'))
  }
}

/** A git remote without credentials; `git@host:path` has none. */
export function redactRemote(remote: string): string {
  return /^[a-z+]+:\/\//i.test(remote) ? redactUrl(remote) : redactText(remote)
}

const longRun = /[A-Za-z0-9]{24,}/g

/** In a URL, letters of both cases and digits, so many without a break, are no word that somebody chose. */
function withoutKey(run: string): string {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run) ? redacted : run
}

/**
 * Text without secrets: the values that this process uses as keys, what has the form of a known key, credentials in URLs and
 * remotes, and what stands behind the name of a secret. Everything that is written or printed passes here, before it is cut.
 */
export function redactText(text: string): string {
  const formless = withoutKnownSecrets(text, redacted)
    .replace(privateKey, redacted)
    .replace(urlCredentials, `$1${redacted}@`)
    .replace(remoteCredentials, `${redacted}@`)
    .replace(authorization, `$1${redacted}`)
    .replace(scheme, (whole, name: string, space: string, value: string) =>
      isSchemeValue(value) ? `${name}${space}${redacted}` : whole,
    )
    .replace(knownKey, redacted)
    .replace(urlInText, (url) => url.replaceAll(longRun, withoutKey))
    .replace(option, (whole, name: string, space: string) =>
      isSecretName(name) ? `--${name}${space}${redacted}` : whole,
    )
  return withoutNamedSecrets(formless)
}

/** Text without what stands behind names of secrets. */
function withoutNamedSecrets(text: string): string {
  let result = ''
  let end = 0
  for (const { 0: whole, 1: name = '', 2: sign = '', index } of text.matchAll(nameAndSign)) {
    const start = index + whole.length
    if (start < end || !isSecretName(name)) continue
    valueBehind.lastIndex = start
    const [value = '', escapedQuote, quote] = valueBehind.exec(text) ?? []
    const open = escapedQuote ?? quote ?? ''
    const plain = value.slice(open.length)
    const isQuery = sign === '=' && /[?&]/.test(text.charAt(index - 1))
    if (plain === '' || plain.startsWith(redacted)) continue
    if (!isQuery && !isSecretValue({ name, sign, plain })) continue
    result += text.slice(end, start) + open + redacted
    restOfValue.lastIndex = start + value.length
    const rest = open === '' ? (restOfValue.exec(text)?.[0] ?? '') : ''
    end = start + value.length + rest.length
  }
  return result + text.slice(end)
}

/** Text without secrets and no longer than that; what it is cut from may be of any length. */
export function redactLongText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return redactText(text)
  // Cut after the secrets are removed: half a key has no form by which it is known.
  const clean = redactText(text.slice(0, maxLength + 8_000))
  return `${clean.slice(0, Math.min(maxLength, Math.max(clean.length - 500, 0)))}…`
}

/** "Basic authentication" and `Basic realm="x"` are none. */
function isSchemeValue(value: string): boolean {
  return !/^(?:realm|error|scope|charset)=/i.test(value) && (/\d|[a-z][A-Z]|=$/.test(value) || value.length >= 24)
}

const ordinaryValue =
  /^(?:true|false|null|undefined|none|yes|no|is|was|are|not|must|should|required|missing|invalid|expected|wrong|empty|too|cannot|denied|failed|expired|unauthorized|unset|optional|string|number|boolean|object|bearer|basic|-?[\d.]{1,12})[.!:]?$/i

function isSecretValue({ name, sign, plain }: Readonly<Record<'name' | 'sign' | 'plain', string>>): boolean {
  if (plain.length < 3 || ordinaryValue.test(plain)) return false
  if (!isAmbiguousName(name)) return true
  // Names that mean other things too: "duplicate key: record-12".
  if (/^(?:key|token|pass)s?$/i.test(name) || sign.includes(':')) {
    return plain.length >= 16 && /\d/.test(plain) && /[a-z]/i.test(plain) && !/\s/.test(plain)
  }
  return true
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
  if (isSecretName(name) && typeof value !== 'number') return redacted
  switch (typeof value) {
    case 'string':
      return redactLongText(value, maxTextLength)
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
