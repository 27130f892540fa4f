import { usdOf } from '../../metadata/cost.ts'
import { isTimed, type RequestEnd, succeeded } from '../../metadata/event.ts'
import { hasAnswer } from '../../metadata/figures/token-figures.ts'
import { CostTotals } from '../../metadata/totals/cost-totals.ts'
import { completionTokensOf, promptTokensOf } from '../../metadata/usage.ts'
import { URL } from '../../platform.ts'
import { type Conventions, providerNameOf } from './conventions.ts'
import type { Attributes } from './span.ts'

/** Where the requests of a model go, as it was opened. */
export interface ModelPlace {
  readonly provider: string | undefined
  /** Without user, path and query; undefined where there are several. */
  readonly host: string | undefined
  readonly port: number | undefined
}

export const noPlace: ModelPlace = { provider: undefined, host: undefined, port: undefined }

/** Where a model is, as it was opened. */
export function modelPlace({
  provider,
  url,
}: {
  readonly provider?: string
  readonly url?: string | readonly string[]
}): ModelPlace {
  if (typeof url !== 'string' || !URL.canParse(url)) return { ...noPlace, provider }
  const { hostname, port, protocol } = new URL(url)
  const usual = protocol === 'http:' ? 80 : 443
  return { provider, host: hostname || undefined, port: port === '' ? usual : Number(port) }
}

/** A call that has ended: all its attempts, in their order. */
export interface EndedCall {
  readonly attempts: readonly [RequestEnd, ...RequestEnd[]]
  readonly place: ModelPlace
}

/** What a call used and cost, and how it ended. */
export interface CallFacts {
  readonly first: RequestEnd
  readonly last: RequestEnd
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly isTimed: boolean
  readonly error: string | undefined
  /** Undefined where no attempt told its usage. */
  readonly tokens: CallTokens | undefined
  readonly cost: CostTotals
}

interface CallTokens {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly reasoning: number
}

export function factsOf({ attempts }: EndedCall): CallFacts {
  const [first] = attempts
  const last = attempts.at(-1) ?? first
  const cost = new CostTotals()
  const tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 }
  let isTold = false
  for (const attempt of attempts) {
    if (attempt.cost !== undefined) cost.add(attempt.cost)
    else if (hasAnswer(attempt.status)) cost.addUnknown()
    const { usage } = attempt
    if (usage === undefined) continue
    isTold = true
    tokens.input += promptTokensOf(usage) ?? 0
    tokens.output += completionTokensOf(usage) ?? 0
    tokens.cacheRead += usage.cacheRead ?? 0
    tokens.cacheWrite += (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0)
    tokens.reasoning += usage.reasoning ?? 0
  }
  return {
    first,
    last,
    startedAtMs: first.startedAtMs,
    endedAtMs: Math.max(first.startedAtMs, last.startedAtMs + last.durationSeconds * 1000),
    isTimed: isTimed(last),
    error: succeeded(last) ? undefined : (last.errorType ?? (last.status === 0 ? '_OTHER' : String(last.status))),
    tokens: isTold ? tokens : undefined,
    cost,
  }
}

/** What a sampler, a span and a metric know a call by. */
export function identityOf({ place, attempts: [{ model }] }: EndedCall, facts: CallFacts): Attributes {
  return {
    'gen_ai.operation.name': operationOf(facts),
    'gen_ai.provider.name': providerNameOf(place.provider, place.host) ?? 'unknown',
    'gen_ai.request.model': model,
    'gen_ai.response.model': facts.last.upstreamModel,
    'server.address': place.host,
    'server.port': place.port,
    'error.type': facts.error,
  }
}

/** Where the endpoint does not tell what was asked for, the model does: an answer of an embedding has no output. */
function operationOf({ first, tokens }: CallFacts): string {
  if (first.operation !== undefined) return first.operation
  return /embed/i.test(first.model) && (tokens === undefined || tokens.output === 0) ? 'embeddings' : 'chat'
}

/** The attributes of the span of a call. */
export function callAttributes(call: EndedCall, facts: CallFacts, names: Conventions): Attributes {
  const { first, last, tokens, cost } = facts
  const { status } = cost
  return {
    ...identityOf(call, facts),
    'gen_ai.request.stream': first.isStream === true ? true : undefined,
    'gen_ai.response.id': last.responseId,
    'gen_ai.response.finish_reasons': last.finishReason === undefined ? undefined : [last.finishReason],
    'gen_ai.response.time_to_first_chunk': doubleOf(last.timeToFirstTokenSeconds),
    'gen_ai.usage.input_tokens': tokens?.input,
    'gen_ai.usage.output_tokens': tokens?.output,
    [names.cacheReadTokens]: someOf(tokens?.cacheRead),
    [names.cacheWriteTokens]: someOf(tokens?.cacheWrite),
    [names.reasoningTokens]: someOf(tokens?.reasoning),
    'gen_ai.agent.name': last.agent,
    'gen_ai.tool.name': last.tool,
    'sygra.node.name': last.node,
    'sygra.record.id': last.recordId,
    'sygra.call.id': first.callId,
    'sygra.call.attempts': call.attempts.length,
    'sygra.cost.status': status,
    'sygra.cost.usd': isSpent(cost) ? { double: usdOf(cost.spent) } : undefined,
    'sygra.cost.simulated.usd': cost.requestsByStatus.simulated > 0 ? { double: usdOf(cost.simulated) } : undefined,
    'sygra.cost.unpriced_requests': someOf(cost.unpricedRequests),
    ...(names.cost === undefined || !isSpent(cost)
      ? {}
      : {
          [names.cost.amount]: { double: usdOf(cost.spent) },
          [names.cost.currency]: 'USD',
          [names.cost.source]: status === 'reported' ? 'provider' : 'local',
        }),
  }
}

/** The attributes of one attempt of a call, by the conventions for HTTP. */
export function attemptAttributes(attempt: RequestEnd, { host, port }: ModelPlace): Attributes {
  const { status, resendCount } = attempt
  return {
    'http.request.method': 'POST',
    'http.response.status_code': status === 0 ? undefined : status,
    'http.request.resend_count': someOf(resendCount),
    'server.address': host,
    'server.port': port,
    'error.type': succeeded(attempt) ? undefined : (attempt.errorType ?? (status === 0 ? '_OTHER' : String(status))),
  }
}

/** Where the cost of anything is known, and is no rehearsal's. */
export function isSpent({ status }: CostTotals): boolean {
  return status !== undefined && status !== 'unpriced' && status !== 'simulated'
}

function doubleOf(value: number | undefined): { readonly double: number } | undefined {
  return value === undefined ? undefined : { double: value }
}

function someOf(count: number | undefined): number | undefined {
  return count === undefined || count === 0 ? undefined : count
}
