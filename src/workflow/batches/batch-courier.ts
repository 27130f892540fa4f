import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SygraError } from '../../errors.ts'
import type { BatchChange, BatchState } from '../../metadata/event.ts'
import { nowMs } from '../../runtime/clock.ts'
import type { BatchSettings } from './batch-choice.ts'
import { syncFile } from './batch-file.ts'
import { BatchRefusal } from './batch-http.ts'
import { belongsTo, CutFile, fetchResults } from './batch-results.ts'
import type { BatchService } from './batch-service.ts'

/** A batch that was handed in, or is about to be. */
export interface Batch {
  readonly mark: string
  readonly model: string
  readonly path: string
  /** Empty where nobody knows them any more. */
  readonly ids: readonly string[]
  readonly lines: number
  readonly bytes?: number
  readonly submittedAtMs: number
  readonly providerId?: string
}

/** What came of a batch. */
export type Carried =
  /** What it has answered is on the disk; `reason` says why it ended before its time. */
  | { readonly type: 'answered'; readonly batch: Batch; readonly reason?: string }
  /** It never arrived, or nothing can be had of it any more: its calls are free. */
  | { readonly type: 'gone' }

interface CourierOptions {
  readonly settings: BatchSettings
  readonly record: (change: BatchChange) => void
  /** Waits until what was recorded is on the disk. */
  readonly sync: () => Promise<void>
  readonly onNotice: (message: string) => void
  /** Aborted when nothing is waited for any more. */
  readonly closed: AbortSignal
  /** The provider's names of batches that are known to be those of others of the run. */
  readonly taken: Iterable<string>
}

/** A batch at the provider, and whether it is surely ours. */
interface AtProvider extends Batch {
  readonly providerId: string
  readonly isCertain: boolean
}

/** With the pauses between them, which grow: nearly a minute. */
const looksForLost = 12
/** How often a file of results is fetched that is cut each time. */
const triesForCut = 4
const triesToSubmit = 5

/** Providers keep what a batch has answered for so long at least: OpenAI for 30 days, Anthropic for 29. */
const keptMs = 28 * 86_400_000

/** Takes batches from where they stand to a file of what they have answered. */
export class BatchCourier {
  readonly #options: CourierOptions
  readonly #taken: Set<string>

  constructor(options: CourierOptions) {
    this.#options = options
    this.#taken = new Set(options.taken)
  }

  /** @throws where the batch was refused, or cannot go on; what is at the provider stays there. */
  async carry(
    service: BatchService,
    batch: Batch,
    { from, resultsPath }: { readonly from: 'ready' | BatchState; readonly resultsPath: string },
  ): Promise<Carried> {
    try {
      let known = await this.#arrive(service, batch, from)
      while (known !== undefined) {
        const reason = await this.#watch(service, known)
        await this.#fetch(service, known, resultsPath)
        if (known.isCertain || (await belongsTo(service, resultsPath, new Set(batch.ids)))) {
          return { type: 'answered', batch: known, reason }
        }
        // A batch of somebody else, of the same time and size.
        rmSync(resultsPath, { force: true })
        known = await this.#search(service, batch)
      }
      return await this.#gone(batch, { state: 'withdrawn', reason: 'it never arrived' })
    } catch (error) {
      if (!isForgotten(error, batch)) throw error
      this.#options.onNotice(
        `WARNING: the provider does not keep batch ${batch.mark} of ${batch.model} any more: its calls are asked, and paid, anew`,
      )
      return this.#gone(batch, { state: 'failed', reason: 'the provider does not keep it any more' })
    }
  }

  note(
    { mark, model, lines, providerId }: Batch,
    change: Pick<BatchChange, 'state' | 'bytes' | 'answered' | 'reason'>,
  ): void {
    this.#options.record({ type: 'batch-change', batch: mark, model, lines, providerId, atMs: nowMs(), ...change })
  }

  async #gone(batch: Batch, change: { readonly state: BatchState; readonly reason: string }): Promise<Carried> {
    this.note(batch, change)
    await this.#options.sync()
    return { type: 'gone' }
  }

  async #arrive(service: BatchService, batch: Batch, from: 'ready' | BatchState): Promise<AtProvider | undefined> {
    if (from === 'ready') {
      // Of what is handed in its calls are known, whatever happens to the machine.
      await syncFile(batch.path)
      this.note(batch, { state: 'submitting', bytes: batch.bytes })
      await this.#options.sync()
      return this.#submit(service, batch)
    }
    if (from === 'submitting' || batch.providerId === undefined) return this.#search(service, batch)
    return { ...batch, providerId: batch.providerId, isCertain: true }
  }

  async #submit(service: BatchService, batch: Batch): Promise<AtProvider | undefined> {
    const { closed } = this.#options
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#arrived(batch, await service.submit(batch, closed))
      } catch (error) {
        if (error instanceof BatchRefusal && error.isCertain) {
          this.note(batch, { state: 'failed', reason: error.message })
          throw error
        }
        closed.throwIfAborted()
        // It may have arrived: nothing is handed in again before it was looked for.
        const found = await this.#search(service, batch)
        if (found !== undefined) return found
        if (attempt >= triesToSubmit) throw error
        await this.#pause(attempt)
      }
    }
  }

  async #arrived(batch: Batch, providerId: string): Promise<AtProvider> {
    this.#taken.add(providerId)
    const known = { ...batch, providerId, isCertain: true }
    this.note(known, { state: 'waiting' })
    await this.#options.sync()
    return known
  }

  /** Looks for a batch of which nobody knows whether it arrived; undefined when it did not. */
  async #search(service: BatchService, batch: Batch): Promise<AtProvider | undefined> {
    // What was under way when the process died may arrive, and be listed, a little later.
    for (let look = 1; look <= looksForLost; look += 1) {
      const { providerIds, isCertain } = await this.#patiently(() => service.find(batch, batch.submittedAtMs))
      const providerId = providerIds.find((id) => !this.#taken.has(id))
      if (providerId !== undefined) {
        if (isCertain) return this.#arrived(batch, providerId)
        // In the ledger it stays one that may have arrived: whoever resumes the run is to look, and check, as well.
        this.#taken.add(providerId)
        return { ...batch, providerId, isCertain }
      }
      if (look < looksForLost) await this.#pause(look)
    }
    return undefined
  }

  /** Waits until a batch has ended; gives why, where that was before its time. */
  async #watch(service: BatchService, batch: AtProvider): Promise<string | undefined> {
    const { providerId, isCertain } = batch
    const endsAtMs = batch.submittedAtMs + this.#options.settings.waitSeconds * 1000
    // One that may be somebody else's is not ours to cancel; its provider ends it.
    let mayCancel = isCertain
    let answered: number | undefined
    for (let look = 1; ; look += 1) {
      await this.#pause(look)
      const status = await this.#patiently(() => service.look(providerId))
      if (status.state === 'failed') {
        const reason = status.reason ?? 'the provider has refused it'
        this.note(batch, { state: 'failed', reason })
        throw new SygraError('run_stopped', reason)
      }
      if (status.state === 'ended') return status.reason
      if (isCertain && status.answered !== answered) {
        answered = status.answered
        this.note(batch, { state: 'waiting', answered })
      }
      if (mayCancel && nowMs() >= endsAtMs && (await this.#cancel(service, batch))) mayCancel = false
    }
  }

  /** One that has just ended cannot be cancelled: whatever the answer, it is looked at again. */
  async #cancel(service: BatchService, { providerId, mark }: AtProvider): Promise<boolean> {
    try {
      await service.cancel(providerId)
    } catch {
      return false
    }
    this.#options.onNotice(`batch ${mark} has not come in time and is cancelled`)
    return true
  }

  async #fetch(service: BatchService, { providerId }: AtProvider, path: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#patiently(() => fetchResults(service, { providerId, path }))
      } catch (error) {
        if (!(error instanceof CutFile) || attempt >= triesForCut) throw error
        await this.#pause(attempt)
      }
    }
  }

  /** Asks until there is an answer: while a batch is waited for, a provider that is away for an hour is no reason to stop. */
  async #patiently<Result>(ask: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask()
      } catch (error) {
        if (!(error instanceof BatchRefusal) || error.isCertain) throw error
        await this.#pause(attempt)
      }
    }
  }

  async #pause(count: number): Promise<void> {
    const seconds = Math.min(this.#options.settings.pollSeconds, 0.2 * 1.5 ** Math.min(count, 30))
    await sleep(seconds * 1000, undefined, { signal: this.#options.closed })
  }
}

/** Younger ones the provider still has: who cannot find them asks it with another key, or at another address. */
function isForgotten(error: unknown, { submittedAtMs }: Batch): boolean {
  const isUnknown = error instanceof BatchRefusal && (error.status === 404 || error.status === 410)
  return isUnknown && nowMs() - submittedAtMs > keptMs
}
