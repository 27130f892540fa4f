import { createServer, type IncomingHttpHeaders } from 'node:http'
import { listenLocally } from './local-server.ts'

interface OtlpAttribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface OtlpResource {
  readonly attributes: readonly OtlpAttribute[]
}

interface OtlpSpan extends Omit<ReceivedSpan, 'scope' | 'attributes' | 'resource'> {
  readonly attributes: readonly OtlpAttribute[]
}

/** A metric as it arrived, as far as tests look at it. */
export interface ReceivedMetric {
  readonly name: string
  readonly sum?: { readonly dataPoints: readonly { readonly asDouble: number }[] }
  readonly histogram?: { readonly dataPoints: readonly { readonly sum: number; readonly count: number }[] }
}

/** What arrives at `/v1/traces` and `/v1/metrics`. */
interface OtlpBody {
  readonly resourceSpans?: readonly {
    readonly resource: OtlpResource
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly OtlpSpan[] }[]
  }[]
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly ReceivedMetric[] }[]
  }[]
}

/** A request that arrived. */
export interface OtlpRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: OtlpBody
}

/** How a request is answered: with a status, or never. */
export type OtlpFault = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | 'silent'

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code?: number; readonly message?: string }
  readonly scope: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
}

export interface OtlpReceiver {
  readonly url: string
  readonly requests: readonly OtlpRequest[]
  /** The spans that were taken. */
  readonly spans: () => readonly ReceivedSpan[]
  /** The metrics of the last request that was taken, by their names. */
  readonly metrics: () => ReadonlyMap<string, ReceivedMetric>
  readonly close: () => Promise<void>
}

/** A receiver of OTLP over HTTP; `faults` says how the first requests are answered, those after them are taken. */
export async function startOtlpReceiver(faults: readonly OtlpFault[] = []): Promise<OtlpReceiver> {
  const requests: OtlpRequest[] = []
  const taken: OtlpRequest[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += String(chunk)
    })
    request.on('end', () => {
      const received = { path: request.url ?? '', headers: request.headers, body: JSON.parse(text) }
      const fault = faults[requests.length]
      requests.push(received)
      if (fault === 'silent') return
      if (fault === undefined) taken.push(received)
      response.writeHead(fault?.status ?? 200, { 'content-type': 'application/json', ...fault?.headers })
      response.end('{"partialSuccess":{}}')
    })
  })
  const { url, close } = await listenLocally(server)
  return {
    url,
    requests,
    spans: () => taken.filter(({ path }) => path === '/v1/traces').flatMap(({ body }) => spansOf(body)),
    metrics: () => {
      const last = taken.filter(({ path }) => path === '/v1/metrics').at(-1)
      const scopes = last?.body.resourceMetrics?.flatMap(({ scopeMetrics }) => scopeMetrics) ?? []
      return new Map(scopes.flatMap(({ metrics }) => metrics.map((metric) => [metric.name, metric])))
    },
    close,
  }
}

function spansOf({ resourceSpans = [] }: OtlpBody): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        ...span,
        scope: scope.name,
        attributes: plain(span.attributes),
        resource: plain(resource.attributes),
      })),
    ),
  )
}

function plain(attributes: readonly OtlpAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]))
}

function plainValue(value: OtlpAttribute['value']): unknown {
  const list = value.arrayValue
  if (typeof list === 'object' && list !== null && 'values' in list && Array.isArray(list.values)) {
    return list.values.map(plainValue)
  }
  return Object.values(value)[0]
}
