import type { ModelMetadata } from '../../metadata/schema.ts'
import { inputClasses } from '../../metadata/usage.ts'
import type { RepricedModel } from './reprice-model.ts'

/**
 * Why the file does not tell the whole account of a model at other prices; undefined where it does. It must have a price
 * for every token before and now, or none before and none now: how many requests lose or win one is not in sums.
 */
export function reasonOfGap(model: ModelMetadata, repriced: RepricedModel): string | undefined {
  if (keepsItsCost(model, repriced)) return undefined
  if (repriced.type === 'unknown') return repriced.reason
  const { status, receipt: receipts = [] } = model.cost
  if (status !== 'priced' && status !== 'simulated') {
    return `its cost is ${status ?? 'not known'}, and of such requests the file does not tell tier and day`
  }
  if (status !== 'simulated' && model.cost.simulated_cost_usd !== undefined) return 'a part of it was a rehearsal'
  if (receipts.some((receipt) => receipt.status !== status)) return 'a part of its cost was stated by the provider'
  if (!coversAllTokens(model)) return 'its receipts do not make up all its tokens'
  return repriced.reason
}

/** True for a model whose requests have no price and get none, or that gave no answer: it stays as it is. */
export function keepsItsCost({ cost, token_statistics }: ModelMetadata, repriced: RepricedModel): boolean {
  if ((cost.status ?? null) === null) return token_statistics.total_tokens === 0
  if (repriced.type === 'unknown' || cost.total_cost_usd > 0 || (cost.receipt ?? []).length > 0) return false
  const before = cost.status === 'simulated' ? ((cost.unpriced_requests ?? 0) > 0 ? 'unpriced' : 'free') : cost.status
  return repriced.parts.every((part) => (part.cost.rehearsedStatus ?? part.cost.status) === before)
}

function coversAllTokens({ token_statistics: tokens, cost }: ModelMetadata): boolean {
  const lines = (cost.receipt ?? []).flatMap(({ classes }) => classes)
  const isInput = (name: string) => inputClasses.some((known) => known === name)
  const input = lines.reduce((sum, line) => sum + (isInput(line.token_class) ? line.tokens : 0), 0)
  const all = lines.reduce((sum, line) => sum + line.tokens, 0)
  return input === tokens.total_prompt_tokens && all - input === tokens.total_completion_tokens
}
