import { TextDecoder, URL } from '../../platform.ts'

/**
 * The platform's own classes, and their methods. All of it is taken at once and kept: a program may put classes of its own in
 * the place of the platform's, and may override their methods, and neither may be called by us, since it would see calls that
 * it never made. `sygra/register` takes it before the program starts. What watches nothing does not, because Node reads and
 * compiles all of `fetch` for it.
 */
export function platform(): Platform {
  taken ??= takePlatform()
  return taken
}

type Platform = ReturnType<typeof takePlatform>

let taken: Platform | undefined

function takePlatform() {
  const { Blob, File, FormData, Headers, ReadableStream, Request, Response, URLSearchParams } = globalThis
  const requestValue = (name: string) => getterOf(Request.prototype, name)
  return {
    Blob,
    FormData,
    Headers,
    ReadableStream,
    Request,
    Response,
    URL,
    URLSearchParams,
    headerOf: Headers.prototype.get,
    entriesOf: FormData.prototype.entries,
    parametersToText: URLSearchParams.prototype.toString,
    bytesOf: Blob.prototype.arrayBuffer,
    hrefOf: getterOf(URL.prototype, 'href'),
    requestUrlOf: requestValue('url'),
    requestMethodOf: requestValue('method'),
    requestBodyOf: requestValue('body'),
    requestHeadersOf: requestValue('headers'),
    requestSignalOf: requestValue('signal'),
    nameOf: getterOf(File.prototype, 'name'),
    sizeOf: getterOf(Blob.prototype, 'size'),
    typeOf: getterOf(Blob.prototype, 'type'),
  } as const
}

const decoder = new TextDecoder()

/** A header by its name; undefined where there is none. */
export function readHeader(headers: Headers, name: string): string | undefined {
  return Reflect.apply(platform().headerOf, headers, [name]) ?? undefined
}

/** The fields of a form; of a file its name, size and type. */
export function readForm(form: FormData): readonly (readonly [string, string | readonly unknown[]])[] {
  const { entriesOf, nameOf, sizeOf, typeOf } = platform()
  return [...Reflect.apply(entriesOf, form, [])].map(([name, value]) => [
    name,
    typeof value === 'string' ? value : [nameOf(value), sizeOf(value), typeOf(value)],
  ])
}

export function readParameters(parameters: URLSearchParams): string {
  return Reflect.apply(platform().parametersToText, parameters, [])
}

export function readUrl(url: URL): string {
  return String(platform().hrefOf(url))
}

export function readRequestUrl(request: Request): string {
  return String(platform().requestUrlOf(request))
}

/** What a `Request` holds. */
export function readRequest(request: Request) {
  const { requestMethodOf, requestBodyOf, requestHeadersOf, requestSignalOf } = platform()
  return {
    method: requestMethodOf(request),
    body: requestBodyOf(request),
    headers: requestHeadersOf(request),
    signal: requestSignalOf(request),
  }
}

/** Size in bytes, and the type; the text comes later. */
export function readBlob(blob: Blob) {
  const { bytesOf, sizeOf, typeOf } = platform()
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
