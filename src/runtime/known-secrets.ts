import { isSecretName } from './secret-names.ts'

/** What is given as a key where none is needed; it would be found in ordinary text. */
const placeholder =
  /^(?:empty|none|null|undefined|true|false|ollama|dummy|test(?:ing)?|(?:test|fake|dummy|api|your)[-_]?(?:api[-_]?)?(?:key|token)|placeholder|change-?me|no-?(?:key|token)(?:-required)?|not-?(?:needed|required)|unused|local(?:host)?|lm-?studio|simulat\w*|sk-no-key-required|x+|\*+|password)$/i

const leastLength = 8
const maxSecrets = 1_000

const secretsKey = Symbol.for('sygra.known-secrets.1')

/** The values that this process uses as keys. Two copies of the package share them, as they share the process. */
function secretsOfProcess(): Set<string> {
  const holder = globalThis as { [secretsKey]?: Set<string> }
  if (holder[secretsKey] === undefined) {
    holder[secretsKey] = new Set()
    rememberSecrets(process.env)
  }
  return holder[secretsKey]
}

/** Notes a value that is used as a key, so that it is removed wherever it stands. Short ones and placeholders are not. */
export function rememberSecret(value: string | undefined): void {
  if (value === undefined || value.length < leastLength) return
  const secrets = secretsOfProcess()
  if (secrets.has(value) || value.startsWith('/') || placeholder.test(value)) return
  const [oldest] = secrets
  // Keys that change with each request must not fill the memory.
  if (secrets.size >= maxSecrets && oldest !== undefined) secrets.delete(oldest)
  secrets.add(value)
}

/** Notes what stands under the name of a secret in an environment, or in the headers of a model. */
export function rememberSecrets(values: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!isSecretName(name) || /^(?:DESKTOP|XDG|GNOME|TERM)_/.test(name)) continue
    rememberSecret(value)
    rememberSecret(withoutScheme(value))
  }
}

const headersOfKeys = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'ocp-apim-subscription-key'] as const

/** Notes the keys that a request was sent with. */
export function rememberSecretsOfRequest(header: (name: string) => string | null | undefined): void {
  for (const name of headersOfKeys) {
    const value = header(name)
    if (value) rememberSecret(withoutScheme(value))
  }
}

/** The key of `Bearer KEY`. A signature of AWS is made anew for each request, and is no key. */
function withoutScheme(value: string | undefined): string | undefined {
  return value?.startsWith('AWS4-') ? undefined : value?.replace(/^(?:Bearer|Basic|Token|ApiKey|Key)\s+/i, '').trim()
}

/** Text without the values that this process uses as keys, written plainly or as in a URL. */
export function withoutKnownSecrets(text: string, replacement: string): string {
  let result = text
  // The longest first: one key may be the beginning of another.
  const found = [...secretsOfProcess()].flatMap(spellings).filter((secret) => text.includes(secret))
  for (const secret of found.sort((a, b) => b.length - a.length)) result = result.replaceAll(secret, () => replacement)
  return result
}

function spellings(secret: string): string[] {
  if (/^[\w.~-]*$/.test(secret) || /[^ -~]/.test(secret)) return [secret]
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
}
