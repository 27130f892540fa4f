import type { CostStatus } from '../../metadata/cost.ts'
import type { Usage } from '../../metadata/usage.ts'
import { priceRequest } from '../../pricing/price-request.ts'

/** What the named model's provider would charge for an attempt. */
export interface Bill {
  /** An integer of 1e-12 USD at list prices; 0 where no price is known and where the model did nothing. */
  readonly costPicodollars: number
  /** How far the price of the named model is known: `priced`, `partial`, `unpriced` or `free`. */
  readonly costStatus?: CostStatus
}

interface Served {
  readonly model: string
  readonly isAzure: boolean
  readonly atMs: number
  readonly serviceTier?: string
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens?: number
  readonly reasoningTokens?: number
  readonly audioTokens?: number
  /** In place of the counts, where they do not tell all. */
  readonly usage?: Usage
}

/** Charges an attempt for what the model read and wrote, from its own counts and not from what was sent to the client. */
export function billOf({ model, isAzure, atMs, serviceTier, usage, ...tokens }: Served): Bill {
  if (usage === undefined && tokens.promptTokens + tokens.completionTokens === 0) return { costPicodollars: 0 }
  const { picodollars, status } = priceRequest({
    model,
    // The names of models that are charged by the image or the second do not tell whose they are.
    provider: isAzure ? 'azure' : usage === undefined ? undefined : 'openai',
    usage: usage ?? {
      promptTokens: tokens.promptTokens,
      cachedPromptTokens: tokens.cachedTokens,
      completionTokens: tokens.completionTokens,
      reasoningTokens: tokens.reasoningTokens,
      audioCompletionTokens: tokens.audioTokens,
    },
    serviceTier,
    at: atMs,
  })
  return { costPicodollars: picodollars, costStatus: status }
}
