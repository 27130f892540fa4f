import { TextDecoder, URL } from '../../platform.ts'

// All of it is taken when this file is loaded, which `sygra/register` does before the program starts. A program may put
// classes of its own in the place of the platform's, and may override their methods: neither may be called by us, since it
// would see calls that it never made.
const { Blob, File, FormData, Headers, ReadableStream, Request, Response, URLSearchParams } = globalThis

/** The platform's own classes. */
export const platform = { Blob, FormData, Headers, ReadableStream, Request, Response, URL, URLSearchParams } as const

const { get: headerOf } = Headers.prototype
const { entries: entriesOf } = FormData.prototype
const { toString: parametersToText } = URLSearchParams.prototype
const { arrayBuffer: bytesOf } = Blob.prototype
const decoder = new TextDecoder()

const hrefOf = getterOf(URL.prototype, 'href')
const requestUrlOf = getterOf(Request.prototype, 'url')
const requestMethodOf = getterOf(Request.prototype, 'method')
const requestBodyOf = getterOf(Request.prototype, 'body')
const requestHeadersOf = getterOf(Request.prototype, 'headers')
const requestSignalOf = getterOf(Request.prototype, 'signal')
const nameOf = getterOf(File.prototype, 'name')
const sizeOf = getterOf(Blob.prototype, 'size')
const typeOf = getterOf(Blob.prototype, 'type')

/** A header by its name; undefined where there is none. */
export function readHeader(headers: Headers, name: string): string | undefined {
  return Reflect.apply(headerOf, headers, [name]) ?? undefined
}

/** The fields of a form; of a file its name, size and type. */
export function readForm(form: FormData): readonly (readonly [string, string | readonly unknown[]])[] {
  return [...Reflect.apply(entriesOf, form, [])].map(([name, value]) => [
    name,
    typeof value === 'string' ? value : [nameOf(value), sizeOf(value), typeOf(value)],
  ])
}

export function readParameters(parameters: URLSearchParams): string {
  return Reflect.apply(parametersToText, parameters, [])
}

export function readUrl(url: URL): string {
  return String(hrefOf(url))
}

export function readRequestUrl(request: Request): string {
  return String(requestUrlOf(request))
}

/** What a `Request` holds. */
export function readRequest(request: Request) {
  return {
    method: requestMethodOf(request),
    body: requestBodyOf(request),
    headers: requestHeadersOf(request),
    signal: requestSignalOf(request),
  }
}

/** Size in bytes, and the type; the text comes later. */
export function readBlob(blob: Blob) {
  return {
    size: Number(sizeOf(blob)),
    type: String(typeOf(blob)),
    text: async () => decoder.decode(await Reflect.apply(bytesOf, blob, [])),
  }
}

export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

function getterOf(prototype: object, name: string): (object: object) => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get
  return (object) => {
    try {
      if (get !== undefined) return Reflect.apply(get, object, [])
    } catch {}
    // An object of another copy of the class.
    return Reflect.get(object, name)
  }
}
