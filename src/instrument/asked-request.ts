import type { RequestFacts, WireFormat } from '../usage/index.ts'
import type { RequestBody } from './request-body.ts'

const nothingKnown: RequestFacts = { isStream: false, parameters: {} }

/** A request as it was sent, and what it says of itself, which is read when somebody asks. */
export class AskedRequest {
  readonly url: URL
  readonly body: RequestBody
  readonly #format: WireFormat
  #facts: RequestFacts | undefined

  constructor(format: WireFormat, url: URL, body: RequestBody) {
    this.url = url
    this.body = body
    this.#format = format
    // What is parsed already must not be kept until somebody asks, nor must a long text.
    if (body.isParsed || body.isLong) this.#facts = this.#read()
    if (body.isLong) body.letGo()
  }

  get facts(): RequestFacts {
    this.#facts ??= this.#read()
    return this.#facts
  }

  #read(): RequestFacts {
    try {
      return this.#format.readRequest({ url: this.url, body: this.body.takeJson() })
    } catch {
      return nothingKnown
    }
  }
}
