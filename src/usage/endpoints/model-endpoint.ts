import { hostEnds, hostTexts, lastParts, methods, resultLists, resultOwners } from './endpoint-hints.ts'

const knownParts: ReadonlySet<string> = new Set(lastParts)
const knownMethods: ReadonlySet<string> = new Set(methods)
const knownResultOwners: ReadonlySet<string> = new Set(resultOwners)
const knownResultLists: ReadonlySet<string> = new Set(resultLists)
const knownHostEnds: ReadonlySet<string> = new Set(hostEnds)

/**
 * A look at a URL that costs next to nothing, for every request a program makes: false is certain, true is worth asking
 * `endpointOf`, or telling that a known provider was asked for something nobody here understands. It knows only what is
 * in `endpoint-hints.ts`, so that a program that calls no model loads none of the formats.
 */
export function mightBeModelEndpoint(url: string): boolean {
  let end = endOfPath(url)
  if (end > 0 && url[end - 1] === '/') end--
  const part = url.slice(url.lastIndexOf('/', end - 1) + 1, end)
  if (knownParts.has(part)) return true
  const colon = part.lastIndexOf(':')
  if (colon !== -1 && knownMethods.has(part.slice(colon + 1))) return true
  return isKnownHost(url, end)
}

/**
 * The same look for a GET that may tell of work which was begun before: `/responses/{id}`, `/batches/{id}/results`, or the
 * list `/batches`.
 */
export function mightBeDeferredResult(url: string): boolean {
  let end = endOfPath(url)
  for (let part = 0; part < 3 && end > 0; part++) {
    const slash = url.lastIndexOf('/', end - 1)
    const known = part === 0 ? knownResultLists : knownResultOwners
    if (known.has(url.slice(slash + 1, end))) return true
    end = slash
  }
  return false
}

/** The host's name and each of its ends, after a dot or a hyphen, until one is known. */
function isKnownHost(url: string, endOfUrl: number): boolean {
  const scheme = url.indexOf('://')
  const start = scheme === -1 ? 0 : scheme + 3
  let end = start
  while (end < endOfUrl && url[end] !== '/' && url[end] !== ':') end++
  const host = url.slice(start, end)
  if (knownHostEnds.has(host)) return true
  for (let index = 0; index < host.length; index++) {
    if ((host[index] === '.' || host[index] === '-') && knownHostEnds.has(host.slice(index + 1))) return true
  }
  return hostTexts.some((text) => host.includes(text))
}

function endOfPath(url: string): number {
  const query = url.indexOf('?')
  if (query !== -1) return query
  const fragment = url.indexOf('#')
  return fragment === -1 ? url.length : fragment
}
