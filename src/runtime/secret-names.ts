/** Last words of names whose values are secrets. */
const lastWords = new Set(
  'key apikey token secret secrets password passwords passwd passphrase pwd pass authorization auth credential credentials cookie cookies session signature sig bearer sas jwt'.split(
    ' ',
  ),
)

/** Words of which a name is a secret's wherever they stand: `secretAccessKeyOld`, `api_keys`, `OPENAIAPIKEY`. */
const compounds =
  /(?:api|access|secret|private|subscription|account|signing|encryption|master) ?keys?(?: |$)|connection ?strings?(?: |$)|client ?secrets?(?: |$)|(?:access|auth|session|refresh|bearer|security) ?tokens?(?: |$)|(?:^| )(?:id|sas) ?tokens?(?: |$)|password|passwd|credential/

/** Words before the last by which `key`, `token`, `pass` and their like mean something else: `eos_token`, `prompt_cache_key`. */
const harmlessBefore = new Set(
  'max min eos bos pad unk sep cls mask stop start end special first second last next prev previous single per image time primary foreign join sort partition cache public row object event message group idempotency input output prompt completion total test unexpected unknown missing duplicate invalid'.split(
    ' ',
  ),
)

/** Last words that tell something about a secret rather than the secret: `api_key_env`. */
const aboutSecrets = new Set('name names env variable file path header type length count url format'.split(' '))

/** The words of a name in lower case, without numbers: `openaiAPIKey_2` is `openai`, `api`, `key`. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/\d{1,20}$/, ''))
    .filter((word) => word !== '')
}

/** True for a name that a secret would have, in every case and compound: `api_key`, `accessToken`, `CLIENT-SECRET`, `pwd`. */
export function isSecretName(name: string): boolean {
  if (name.length > 200) return false
  const words = wordsOf(name)
  const last = words.at(-1) ?? ''
  if (aboutSecrets.has(last)) return false
  if (compounds.test(words.join(' '))) return true
  return lastWords.has(last) && !harmlessBefore.has(words.at(-2) ?? '')
}

/**
 * True for the name of a secret that means other things in ordinary text too: "key: name", "unexpected token: x". Its value
 * must look like a key to be taken for one.
 */
export function isAmbiguousName(name: string): boolean {
  return (
    wordsOf(name).length < 2 &&
    /^(?:key|token|pass|auth|session|signature|sig|cookie|credential|bearer|secret)s?\d*$/i.test(name)
  )
}
