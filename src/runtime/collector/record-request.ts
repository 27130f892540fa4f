import type { RequestCost } from '../../metadata/cost.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { normalFinishReason } from '../../metadata/events/finish-reason.ts'
import { isAnswerLost, lostAnswerReason } from '../../metadata/events/request-failure.ts'
import { type PriceBook, priceRequest } from '../../pricing/index.ts'
import { redactParameters, redactUrl } from '../redact.ts'
import { processPrices, type Scope } from '../scope.ts'
import { isTracedByApplication } from '../trace-context.ts'

/** One HTTP attempt as it was seen at the wire: an event without what the scope knows. Its model is the one the wire names. */
export type Attempt = { -readonly [Name in keyof RequestEnd]: RequestEnd[Name] } & { callId: string }

/** What an attempt is priced by, beside the facts of its event. */
export interface Origin {
  readonly url: string
  /** The service without the path of the operation, where a format of the wire tells it: `https://api.openai.com/v1`. */
  readonly baseUrl?: string
  readonly provider?: string
  readonly parameters?: Readonly<Record<string, unknown>>
  /** A cost the provider stated, in USD. */
  readonly reportedUsd?: number
  /** The answer came from a simulator. */
  readonly isSimulated?: boolean
  /** The caller had taken it back before it was sent. */
  readonly isUnsent?: boolean
}

/** The name under which a request of the scope is kept. */
export function modelNameOf({ model }: Scope, wireModel: string): string {
  return model?.name ?? wireModel
}

/**
 * Prices an attempt and records it where its scope says it belongs. The attempt becomes the event, which is given back: a copy
 * of so many members would take longer than all the rest.
 */
export function recordRequest(scope: Scope, attempt: Attempt, origin: Origin): RequestEnd {
  const model = modelNameOf(scope, attempt.model)
  openModel(scope, { model, attempt, origin })
  const cost = costOf(scope, attempt, origin)
  // Frameworks hand on the word of whoever answered.
  if (attempt.finishReason !== undefined) attempt.finishReason = normalFinishReason(attempt.finishReason)
  attempt.model = model
  attempt.node = scope.node
  attempt.recordId = scope.record?.id
  attempt.agent = scope.agent
  attempt.tool = scope.tool
  attempt.outerAgents = scope.outerAgents
  attempt.outerTools = scope.outerTools
  if (scope.execution !== undefined) attempt.execution = scope.execution
  attempt.cost = cost
  const slot = scope.operation?.cacheSlot
  if (slot !== undefined) attempt.cacheSlot = slot
  attempt.isTraced = isTracedByApplication() || undefined
  if (scope.record !== undefined) scope.record.costPicodollars += cost?.picodollars ?? 0
  const { collector } = scope
  if (collector.worker !== undefined) {
    attempt.callId = collector.callIdOf(attempt.callId)
    attempt.worker = collector.worker
  }
  collector.record(attempt)
  return attempt
}

/** Notes what a model is and how it is called. */
export function openModel({ collector, model: known }: Scope, { model, attempt, origin }: OpenedBy): void {
  const url = origin.baseUrl ?? withoutQuery(origin.url)
  const open = {
    model,
    upstreamModel: known === undefined || known.name === attempt.model ? undefined : attempt.model,
    modelType: known?.type,
    provider: known?.provider ?? origin.provider,
    url: known?.url ?? url,
    parameters: known?.parameters ?? origin.parameters,
  }
  const describe = () => ({
    ...open,
    url: known?.url ?? (url === undefined ? undefined : redactUrl(url)),
    parameters: known?.parameters ?? redactParameters(origin.parameters),
  })
  // What must not be written is taken out only of a description that is new: that costs more than all the rest.
  collector.openModel(jsonOf(open) ?? JSON.stringify(describe()), describe)
}

interface OpenedBy {
  readonly model: string
  readonly attempt: Pick<Attempt, 'model'>
  readonly origin: Origin
}

/** Undefined for what cannot be JSON, as parameters of a model in the process may be. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

// An attempt that brought an error was not charged: it has no cost, rather than an unknown one. One whose answer was lost may
// have been: whoever waits less long than a model thinks pays for each attempt.
function costOf(scope: Scope, attempt: Attempt, origin: Origin): RequestEnd['cost'] {
  const hasAnswer = attempt.status >= 200 && attempt.status < 300
  const isUnanswered = attempt.usage === undefined && origin.reportedUsd === undefined && !hasAnswer
  const isFree = origin.isUnsent === true || origin.isSimulated === true
  const isLost = isUnanswered && isAnswerLost(attempt) && !isFree
  if (isUnanswered && !isLost && pricesIn(scope) === undefined) return undefined
  const cost = priceIn(scope, attempt, {
    ...origin,
    atMs: attempt.startedAtMs,
    // What a gateway had kept costs nothing, whatever the first answer cost.
    reportedUsd: attempt.isGatewayCacheHit ? 0 : origin.reportedUsd,
  })
  // But it kept a machine busy, where that is what is paid.
  if (!isUnanswered || cost.hourly !== undefined) return cost
  return isLost && cost.status !== 'free' ? { ...unpriced, reason: lostAnswerReason } : undefined
}

const unpriced = { status: 'unpriced', picodollars: 0, lines: [] } as const

/** The price of an answer at the prices of the scope, by what the scope knows of the model. */
export function priceIn(
  scope: Scope,
  answer: Pick<Attempt, 'model' | 'upstreamModel' | 'usage' | 'serviceTier' | 'inferenceGeo'>,
  { url, provider, reportedUsd, isSimulated, atMs }: Origin & { readonly atMs: number },
): RequestCost {
  const { model: known } = scope
  return priceRequest({
    model: answer.model,
    alias: known?.name,
    upstreamModel: answer.upstreamModel,
    provider: known?.provider ?? provider,
    modelType: known?.type,
    url,
    usage: answer.usage ?? {},
    at: atMs,
    serviceTier: answer.serviceTier,
    region: answer.inferenceGeo,
    reportedUsd,
    isSimulated,
    prices: pricesIn(scope),
  })
}

function pricesIn({ model, prices }: Scope): PriceBook | undefined {
  return model?.prices ?? prices ?? processPrices().book
}

function withoutQuery(url: string): string | undefined {
  return url === '' ? undefined : url.replace(/[?#].*$/s, '')
}
