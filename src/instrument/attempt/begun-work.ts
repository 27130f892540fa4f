import { runInScope, type Scope } from '../../runtime/scope.ts'
import { pathWithoutIds } from '../../usage/endpoints/unknown-endpoint.ts'
import type { AnswerFacts } from '../../usage/index.ts'
import type { ModelEndpoint } from './model-endpoint.ts'
import { noteNotUnderstood } from './not-understood.ts'

// Work that one request begins and a later one tells of: a response in the background, a batch. The two are linked by the
// id that the first was answered with, and the usage counts once, however often it is read.

/** Work that has begun and whose result has not been read. */
export interface BegunWork {
  /** Where it belongs. */
  readonly scope: Scope
  readonly endpoint: ModelEndpoint
  /** Records the call that began it, where it was a call to a model. */
  readonly record?: (facts: AnswerFacts) => void
}

/** More would be a program that reads none of its results. */
const maxKept = 20_000

/** What a process knows of deferred work. Ids are known by the host that gave them. */
export class DeferredWork {
  readonly #begun = new Map<string, BegunWork>()
  readonly #counted = new Set<string>()
  readonly #files = new Set<string>()

  begin(id: string, work: BegunWork): void {
    this.#begun.set(keyOf(work.endpoint, id), work)
    const [oldest] = this.#begun
    if (this.#begun.size <= maxKept || oldest === undefined) return
    this.#begun.delete(oldest[0])
    noteUnread(oldest[1])
  }

  /** The work that has this id, or that a URL which reads its results names; it is not waited for any longer. */
  take(endpoint: ModelEndpoint, id: string): BegunWork | undefined {
    const key = keyOf(endpoint, id)
    const work = this.#begun.get(key)
    this.#begun.delete(key)
    return work
  }

  /** True the first time: then it is to be recorded. */
  count(endpoint: Pick<ModelEndpoint, 'url'>, id: string): boolean {
    const key = keyOf(endpoint, id)
    if (this.#counted.has(key)) return false
    addBounded(this.#counted, key)
    return true
  }

  /** A result named the file that has its answers. */
  nameFile(endpoint: ModelEndpoint, id: string): void {
    addBounded(this.#files, keyOf(endpoint, id))
  }

  isNamedFile(endpoint: ModelEndpoint): boolean {
    return partsOf(endpoint).some((part) => this.#files.has(keyOf(endpoint, part)))
  }

  /** Tells of work of a run whose results nobody has read: what it costs is not in the account. */
  noteUnread(runId: string): void {
    for (const [key, work] of this.#begun) {
      if (work.scope.collector.runId !== runId) continue
      this.#begun.delete(key)
      noteUnread(work)
    }
  }
}

function keyOf({ url }: Pick<ModelEndpoint, 'url'>, id: string): string {
  return `${url.host} ${id}`
}

/** The parts of the path of a URL, without the method that Google puts after a colon. */
export function partsOf({ url }: ModelEndpoint): readonly string[] {
  return url.pathname.split('/').map((part) => part.replace(/:\w+$/, ''))
}

function addBounded(set: Set<string>, key: string): void {
  set.add(key)
  const [oldest] = set
  if (set.size > maxKept && oldest !== undefined) set.delete(oldest)
}

/** Tells of work whose result nobody has read. */
export function noteUnread({ scope, endpoint }: BegunWork): void {
  const { url, endpoint: known } = endpoint
  runInScope(scope, () =>
    noteNotUnderstood('request', {
      host: url.host,
      path: pathWithoutIds(url.pathname),
      provider: known.provider,
    }),
  )
}
