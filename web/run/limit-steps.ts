import type { Metadata } from '../../src/metadata/schema.ts'

/** How many requests a provider was sent at once at the most, from change to change. */
export interface LimitSteps {
  readonly provider: string
  readonly steps: readonly { readonly atMs: number; readonly limit: number }[]
}

/** The limits of concurrency of each provider over the run. */
export function limitsOf({ execution: { concurrency = {} } }: Metadata): readonly LimitSteps[] {
  return Object.entries(concurrency).flatMap(([provider, { history }]) => {
    const steps = history.flatMap(({ at, limit }) => {
      const atMs = Date.parse(at)
      return Number.isNaN(atMs) ? [] : [{ atMs, limit }]
    })
    return steps.length === 0 ? [] : [{ provider, steps: steps.sort((a, b) => a.atMs - b.atMs) }]
  })
}

/** The limit that held at each of some moments; null before the first. */
export function limitsAt({ steps }: LimitSteps, momentsMs: readonly number[]): (number | null)[] {
  let next = 0
  let limit: number | null = null
  return momentsMs.map((momentMs) => {
    for (let step = steps[next]; step !== undefined && step.atMs <= momentMs; step = steps[next]) {
      limit = step.limit
      next += 1
    }
    return limit
  })
}
