import type { ModelClient, PlannedAttempt, RateLimiter, Release } from '../models/model-call.ts'

/** The models of a run, and the rate limiter before them: it is known only when the run begins, after they were found. */
export class GuardedModels implements RateLimiter {
  readonly clients: ModelClient[] = []
  limiter: RateLimiter | undefined

  /** The client with the rate limiter before it. */
  guard(client: ModelClient): ModelClient {
    this.clients.push(client)
    return { ...client, limiter: this }
  }

  async acquire(attempt: PlannedAttempt): Promise<Release> {
    return this.limiter === undefined ? () => undefined : this.limiter.acquire(attempt)
  }

  suspects(model: string): boolean {
    return this.limiter?.suspects(model) ?? false
  }
}
