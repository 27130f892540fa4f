import type { NotUnderstood } from '../event.ts'
import type { Metadata } from '../schema.ts'

/** More of them would fill the file: what comes later is counted without its place. */
const maxEndpoints = 200
const others = '(others)'

type Endpoint = Pick<NotUnderstood, 'kind' | 'host' | 'path' | 'provider'>

/** What was seen and not understood, by host and path. */
export class NotUnderstoodTotals {
  readonly #counts = new Map<string, { readonly endpoint: Endpoint; count: number }>()

  add({ kind, host, path, provider }: Endpoint, count = 1): void {
    const key = JSON.stringify([kind, host, path])
    const known = this.#counts.get(key)
    if (known !== undefined) known.count += count
    else if (this.#counts.size < maxEndpoints || host === others)
      this.#counts.set(key, { endpoint: { kind, host, path, provider }, count })
    else this.add({ kind, host: others, path: '' }, count)
  }

  merge(other: NotUnderstoodTotals): void {
    for (const { endpoint, count } of other.#counts.values()) this.add(endpoint, count)
  }

  /** `not_understood` of the file; undefined when all was understood. */
  summary(): Metadata['not_understood'] {
    if (this.#counts.size === 0) return undefined
    const entries = [...this.#counts.values()].sort(
      (a, b) =>
        b.count - a.count ||
        compareText(a.endpoint.host, b.endpoint.host) ||
        compareText(a.endpoint.path, b.endpoint.path),
    )
    return {
      total: entries.reduce((sum, { count }) => sum + count, 0),
      endpoints: entries.map(({ endpoint: { kind, host, path, provider }, count }) => ({
        kind,
        host,
        path,
        provider: provider ?? null,
        count,
      })),
    }
  }
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
