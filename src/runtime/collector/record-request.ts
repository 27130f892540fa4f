import type { RequestEnd } from '../../metadata/event.ts'
import { normalFinishReason } from '../../metadata/finish-reason.ts'
import { priceRequest } from '../../pricing/index.ts'
import { redactParameters, redactUrl } from '../redact.ts'
import { processPrices, type Scope } from '../scope.ts'

/** What an event says that the wire does not: where the attempt belongs, and what it cost. */
type FromScope = 'type' | 'node' | 'recordId' | 'agent' | 'tool' | 'outerAgents' | 'outerTools' | 'cost'

/** One HTTP attempt as it was seen at the wire: the facts of its event, and what they are priced by. */
export interface Attempt extends Omit<RequestEnd, FromScope> {
  readonly callId: string
  readonly url: string
  /** The service without the path of the operation, where a format of the wire tells it: `https://api.openai.com/v1`. */
  readonly baseUrl?: string
  readonly provider?: string
  readonly parameters?: Readonly<Record<string, unknown>>
  /** A cost the provider stated, in USD. */
  readonly reportedUsd?: number
  /** The answer came from a simulator. */
  readonly isSimulated?: boolean
}

/** The name under which a request of the scope is kept. */
export function modelNameOf({ model }: Scope, wireModel: string): string {
  return model?.name ?? wireModel
}

/** Prices an attempt and records it where its scope says it belongs; gives the event. */
export function recordRequest(scope: Scope, attempt: Attempt): RequestEnd {
  const { url, baseUrl, provider, parameters, reportedUsd, isSimulated, ...facts } = attempt
  const model = modelNameOf(scope, attempt.model)
  openModel(scope, model, attempt)
  const cost = costOf(scope, attempt)
  const event: RequestEnd = {
    type: 'request-end',
    ...facts,
    // Frameworks hand on the word of whoever answered.
    finishReason: facts.finishReason === undefined ? undefined : normalFinishReason(facts.finishReason),
    model,
    node: scope.node,
    recordId: scope.record?.id,
    agent: scope.agent,
    tool: scope.tool,
    outerAgents: scope.outerAgents,
    outerTools: scope.outerTools,
    cost,
  }
  if (scope.record !== undefined) scope.record.costPicodollars += cost?.picodollars ?? 0
  scope.collector.record(event)
  return event
}

function openModel({ collector, model: known }: Scope, model: string, attempt: Attempt): void {
  const url = attempt.baseUrl ?? withoutQuery(attempt.url)
  const open = {
    model,
    upstreamModel: known === undefined || known.name === attempt.model ? undefined : attempt.model,
    modelType: known?.type,
    provider: known?.provider ?? attempt.provider,
    url: known?.url ?? url,
    parameters: known?.parameters ?? attempt.parameters,
  }
  const describe = () => ({
    ...open,
    url: known?.url ?? (url === undefined ? undefined : redactUrl(url)),
    parameters: known?.parameters ?? redactParameters(attempt.parameters),
  })
  // What must not be written is taken out only of a description that is new: that costs more than all the rest.
  collector.openModel(jsonOf(open) ?? JSON.stringify(describe()), describe)
}

/** Undefined for what cannot be JSON, as parameters of a model in the process may be. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

// An attempt that brought no answer was not charged: it has no cost, rather than an unknown one.
function costOf(scope: Scope, attempt: Attempt): RequestEnd['cost'] {
  const hasAnswer = attempt.status >= 200 && attempt.status < 300
  const isUnanswered = attempt.usage === undefined && attempt.reportedUsd === undefined && !hasAnswer
  const prices = scope.model?.prices ?? scope.prices ?? processPrices().book
  if (isUnanswered && prices === undefined) return undefined
  const cost = priceRequest({
    model: attempt.model,
    alias: scope.model?.name,
    upstreamModel: attempt.upstreamModel,
    provider: scope.model?.provider ?? attempt.provider,
    modelType: scope.model?.type,
    url: attempt.url,
    usage: attempt.usage ?? {},
    at: attempt.startedAtMs,
    serviceTier: attempt.serviceTier,
    region: attempt.inferenceGeo,
    // What a gateway had kept costs nothing, whatever the first answer cost.
    reportedUsd: attempt.isGatewayCacheHit ? 0 : attempt.reportedUsd,
    isSimulated: attempt.isSimulated,
    prices,
  })
  // But it kept a machine busy, where that is what is paid.
  return isUnanswered && cost.hourly === undefined ? undefined : cost
}

function withoutQuery(url: string): string | undefined {
  return url === '' ? undefined : url.replace(/[?#].*$/, '')
}
