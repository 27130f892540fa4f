import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import type { Operation } from '../../runtime/scope.ts'
import type {
  BatchQueue,
  CallCache,
  ModelCall,
  ModelClient,
  PlannedAttempt,
  RateLimiter,
  Release,
} from '../models/model-call.ts'

/** The models of a run, and what stands before them: that is known only when the run begins, after they were found. */
export class GuardedModels implements RateLimiter, CallCache {
  readonly clients: ModelClient[] = []
  limiter: RateLimiter | undefined
  /** Where the run keeps answers. */
  cache: CallCache | undefined

  /** Where the run hands calls in together. */
  batches: BatchQueue | undefined
  /** What is to be handed in together whatever the run says, and where that stands. */
  readonly batchWishes: { readonly where: string; readonly client: ModelClient }[] = []

  /** The client with the rate limiter, and the answers that are kept, before it. */
  guard(client: ModelClient): ModelClient {
    this.clients.push(client)
    const wishBatches = (where: string) => this.batchWishes.push({ where, client })
    return { ...client, limiter: this, cache: this, batches: () => this.batches, wishBatches }
  }

  async acquire(attempt: PlannedAttempt): Promise<Release> {
    return this.limiter === undefined ? () => undefined : this.limiter.acquire(attempt)
  }

  suspects(model: string): boolean {
    return this.limiter?.suspects(model) ?? false
  }

  through(
    call: ModelCall,
    operation: Operation,
    ask: () => Promise<LanguageModelV3GenerateResult>,
  ): Promise<LanguageModelV3GenerateResult> {
    return this.cache?.through(call, operation, ask) ?? ask()
  }

  forget(result: LanguageModelV3GenerateResult): void {
    this.cache?.forget(result)
  }
}
