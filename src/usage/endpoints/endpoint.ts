import type { Endpoint } from '../wire-format.ts'

/** A URL as an endpoint reads it. */
export interface EndpointMatch {
  readonly endpoint: Endpoint
  /** The service without the path of the operation, without query and fragment: `https://api.openai.com/v1`. */
  readonly baseUrl: string
  /** The model that the path names. */
  readonly model?: string
}

const forms = new WeakMap<Endpoint, RegExp>()

/** Reads a URL as one of this endpoint; undefined when it is none. */
export function matchEndpoint(endpoint: Endpoint, url: URL, method: string): EndpointMatch | undefined {
  if ((endpoint.method ?? 'POST') !== method) return undefined
  const path = pathOf(url)
  const found = formOf(endpoint).exec(path)
  if (found === null) return undefined
  const before = path.slice(0, found.index)
  if (endpoint.base !== undefined && !before.endsWith(endpoint.base)) return undefined
  const model = found[1]
  return { endpoint, baseUrl: url.origin + before, model: model === undefined ? undefined : decodePart(model) }
}

/** The path of a URL, without a slash at its end. */
function pathOf({ pathname }: URL): string {
  return pathname.length > 1 && pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
}

function formOf(endpoint: Endpoint): RegExp {
  let form = forms.get(endpoint)
  if (form === undefined) {
    form = new RegExp(`${endpoint.path === '/' ? '^/' : sourceOf(endpoint.path)}$`)
    forms.set(endpoint, form)
  }
  return form
}

const placeholders = /\{model\+\}|\{model\}|\{\}/g

function sourceOf(path: string): string {
  // A method such as `:generateContent` ends a part, so what stands before it has no colon.
  const part = path.includes(':') ? '[^/:]+' : '[^/]+'
  let source = ''
  let from = 0
  for (const found of path.matchAll(placeholders)) {
    source += escaped(path.slice(from, found.index))
    source += found[0] === '{model+}' ? '(.+)' : found[0] === '{model}' ? `(${part})` : '[^/]+'
    from = found.index + found[0].length
  }
  return source + escaped(path.slice(from))
}

function escaped(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
}

/** A part of a path as the caller wrote it; as it stands when its escapes are broken. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
