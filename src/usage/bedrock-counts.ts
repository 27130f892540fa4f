import type { Usage } from '../metadata/usage.ts'
import { factsOf } from './facts.ts'
import { countOf, memberOf } from './json-value.ts'
import { normalUsage } from './normal-usage.ts'
import type { AnswerFacts, AnswerHeaders } from './parser.ts'
import { rawUsageOf } from './raw-usage.ts'
import { decodePart, pathOf } from './request.ts'

const modelPath = /\/model\/(.+)\/(converse|converse-stream|invoke|invoke-with-response-stream)$/

/** The model and the operation that a path of Bedrock names; undefined for another path. */
export function bedrockCallOf(url: URL): { readonly model: string; readonly operation: string } | undefined {
  const [, model, operation] = modelPath.exec(pathOf(url)) ?? []
  return model === undefined || operation === undefined ? undefined : { model: decodePart(model), operation }
}

/** The `usage` of Converse, and of Nova's own answers: its input leaves the cached tokens out. */
export function readConverseUsage(usage: unknown): Usage | undefined {
  const written =
    countOf(memberOf(usage, 'cacheWriteInputTokens')) ?? countOf(memberOf(usage, 'cacheWriteInputTokenCount'))
  return normalUsage({
    input: countOf(memberOf(usage, 'inputTokens')),
    cacheRead: countOf(memberOf(usage, 'cacheReadInputTokens')) ?? countOf(memberOf(usage, 'cacheReadInputTokenCount')),
    ...splitWrites(written, memberOf(usage, 'cacheDetails')),
    output: countOf(memberOf(usage, 'outputTokens')),
    total: countOf(memberOf(usage, 'totalTokens')),
    isCacheExtra: true,
  })
}

/** `amazon-bedrock-invocationMetrics`, at the end of every invoked stream, whatever the model. */
export function readInvocationMetrics(metrics: unknown): AnswerFacts {
  return factsOf({
    usage: normalUsage({
      input: countOf(memberOf(metrics, 'inputTokenCount')),
      cacheRead: countOf(memberOf(metrics, 'cacheReadInputTokenCount')),
      cacheWrite5m: countOf(memberOf(metrics, 'cacheWriteInputTokenCount')),
      output: countOf(memberOf(metrics, 'outputTokenCount')),
      isCacheExtra: true,
    }),
    rawUsage: rawUsageOf(metrics),
  })
}

/** The counts and the request id that Bedrock sends as headers, for models whose answers have none. */
export function readBedrockHeaders(headers: AnswerHeaders): AnswerFacts {
  const raw: Record<string, number> = {}
  for (const name of countHeaders) {
    const value = headers.get(`x-amzn-bedrock-${name}`)
    if (value !== null && /^\d{1,15}$/.test(value)) raw[name] = Number(value)
  }
  return factsOf({
    usage: normalUsage({
      input: raw['input-token-count'],
      cacheRead: raw['cache-read-input-token-count'],
      cacheWrite5m: raw['cache-write-input-token-count'],
      output: raw['output-token-count'],
      isCacheExtra: true,
    }),
    rawUsage: Object.keys(raw).length === 0 ? undefined : raw,
    responseId: headers.get('x-amzn-requestid') ?? undefined,
  })
}

const countHeaders = [
  'input-token-count',
  'output-token-count',
  'cache-read-input-token-count',
  'cache-write-input-token-count',
  'invocation-latency',
]

function splitWrites(written: number | undefined, details: unknown): { cacheWrite5m?: number; cacheWrite1h?: number } {
  if (!Array.isArray(details)) return { cacheWrite5m: written }
  const long = details
    .filter((detail) => memberOf(detail, 'ttl') === '1h')
    .reduce<number>((sum, detail) => sum + (countOf(memberOf(detail, 'inputTokens')) ?? 0), 0)
  if (long === 0 || written === undefined || long > written) return { cacheWrite5m: written }
  return { cacheWrite5m: written - long, cacheWrite1h: long }
}
