import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, SygraError } from '../../errors.ts'
import type { BatchChange, BatchState } from '../../metadata/event.ts'
import { nowMs } from '../../runtime/clock.ts'
import { currentScope } from '../../runtime/scope.ts'
import type { BatchAsk, BatchKeeper, ModelCall, ModelClient } from '../models/model-call.ts'
import { BatchLate, leftAtProvider } from './batch-errors.ts'
import { OpenBatchFile } from './batch-file.ts'
import { BatchRefusal } from './batch-http.ts'
import { belongsTo, fetchResults, readIds, readResults } from './batch-results.ts'
import type { BatchAnswer, BatchService } from './batch-service.ts'
import { batchServiceOf, takesBatches } from './batch-services.ts'
import { recordBatchAnswer } from './record-batch-answer.ts'
import { WaveClock } from './wave-clock.ts'

/** How batches are waited for. */
export interface BatchSettings {
  /** True where every llm node is batched that can be; else those alone that say so. */
  readonly isForAll: boolean
  /** What has not come after so long is cancelled. */
  readonly waitSeconds: number
  /** What was not done in time is asked at once, at the usual price; else it is left for a later session. */
  readonly asksLateNow: boolean
  /** The longest pause between two looks. */
  readonly pollSeconds: number
}

/** With the pauses between them, which grow: nearly a minute. */
const looksForLost = 12

interface BatchDeskOptions {
  readonly settings: BatchSettings
  /** Where the files of batches are kept until the run has ended. */
  readonly directory: string
  /** Distinguishes the batches of this run from those of others. */
  readonly runId: string
  /** What the ledger knows of batches of earlier sessions. */
  readonly past: readonly BatchChange[]
  readonly record: (change: BatchChange) => void
  /** Waits until what was recorded is on the disk. */
  readonly sync: () => Promise<void>
  /** Stops the run: a batch was refused whole. */
  readonly onRefused: (message: string) => void
  readonly onNotice: (message: string) => void
}

/** A batch that was handed in, or is about to be. */
interface Batch {
  readonly mark: string
  readonly model: string
  readonly path: string
  readonly ids: readonly string[]
  readonly bytes?: number
  readonly submittedAtMs: number
  readonly providerId?: string
}

interface Queue {
  readonly client: ModelClient
  readonly service: BatchService
  file: OpenBatchFile | undefined
  mark: string
}

/** A call that waits, and where. */
interface Waiting {
  readonly recordId: string
  readonly body: string
  readonly queue: Queue
  readonly signal: AbortSignal | undefined
}

interface Waiter {
  readonly resolve: (found: Found | 'unsent') => void
  readonly reject: (error: unknown) => void
}

interface Found {
  readonly model: string
  readonly answer: BatchAnswer
  readonly line: unknown
}

/**
 * Gathers the calls of a run that can wait, hands them in as batches, one for each model and wave, and gives each call its
 * answer. What is at the provider is in the ledger before it is sent there, so that a run that dies finds it again.
 */
export class BatchDesk implements BatchKeeper {
  readonly waves: WaveClock
  readonly #options: BatchDeskOptions
  readonly #queues = new Map<string, Promise<Queue | undefined>>()
  readonly #open = new Map<string, Queue>()
  readonly #waiters = new Map<string, Waiter>()
  /** Answers that came before they were asked for, as after a resume. */
  readonly #found = new Map<string, Found>()
  /** Calls of batches that are at the provider. */
  readonly #atProvider = new Set<string>()
  readonly #taken = new Set<string>()
  readonly #carrying = new Set<Promise<void>>()
  readonly #closed = new AbortController()
  #numbers: number
  readonly #pastTaken = new Map<string, Promise<void>>()

  constructor(options: BatchDeskOptions) {
    this.#options = options
    this.#numbers = options.past.length
    for (const { providerId } of options.past) if (providerId !== undefined) this.#taken.add(providerId)
    this.waves = new WaveClock(() => this.#flushAll())
  }

  takes({ client, isBatched }: ModelCall): boolean {
    if (currentScope()?.record === undefined || !takesBatches(client)) return false
    return isBatched ?? this.#options.settings.isForAll
  }

  get asksLateNow(): boolean {
    return this.#options.settings.asksLateNow
  }

  waits(recordId: string): () => void {
    return this.waves.wait(recordId)
  }

  async ask(ask: BatchAsk): Promise<Response> {
    const { call, recordId, body, origin, attempt } = ask
    const { signal } = call
    signal?.throwIfAborted()
    const queue = await this.#queueOf(call.client)
    if (queue === undefined) throw new Error(`no batches at ${call.client.identity.name}`)
    await this.#takePast(queue)
    const digest = createHash('sha256').update(body).digest('hex').slice(0, 12)
    const customId = `${origin}-${digest}-${attempt}`
    let found: Found | 'unsent' | undefined = this.#found.get(customId)
    this.#found.delete(customId)
    while (found === undefined || found === 'unsent')
      found = await this.#wait(customId, { recordId, body, queue, signal })
    const { answer, line } = found
    if (answer.type === 'late') throw new BatchLate(answer.reason)
    recordBatchAnswer({ answer, line, format: queue.service.format, client: call.client })
    return new Response(JSON.stringify(answer.body), {
      status: answer.status,
      headers: { 'content-type': 'application/json' },
    })
  }

  /** Batches that the provider still has. */
  get waiting(): number {
    return this.#carrying.size
  }

  get isLeft(): boolean {
    return this.#closed.signal.aborted
  }

  /** Gives up what waits; what is at the provider stays there. */
  leave(): void {
    if (this.#closed.signal.aborted) return
    this.#closed.abort()
    for (const { file } of this.#open.values()) file?.discard()
    this.#open.clear()
    const error = new SygraError('run_stopped', leftAtProvider)
    for (const waiter of this.#waiters.values()) waiter.reject(error)
    this.#waiters.clear()
    this.waves.stop()
  }

  /**
   * Removes the files of batches: nothing is left to be asked of them. What was answered and nobody asked for in this session,
   * as where prompts have changed, was paid all the same, and is counted.
   */
  async finish(): Promise<void> {
    for (const queue of await Promise.all(this.#queues.values())) {
      if (queue === undefined) continue
      const { service, client } = queue
      for (const { answer, line, model } of this.#found.values()) {
        if (answer.type !== 'answer' || model !== client.identity.name) continue
        recordBatchAnswer({ answer, line, format: service.format, client })
      }
    }
    const unread = this.#options.past.filter(
      ({ model, state }) => (state === 'waiting' || state === 'submitting') && !this.#pastTaken.has(model),
    ).length
    const left = unread + (this.#atProvider.size > 0 ? this.waiting : 0)
    if (left > 0) {
      this.#options.onNotice(
        `WARNING: batches of an earlier session are still at the provider, and no call of this run asks for what they answer: what they cost is in no figure (${left})`,
      )
    }
    this.leave()
    rmSync(this.#options.directory, { recursive: true, force: true })
  }

  #queueOf(client: ModelClient): Promise<Queue | undefined> {
    const key = client.identity.name
    let queue = this.#queues.get(key)
    if (queue === undefined) {
      queue = batchServiceOf(client).then((service) =>
        service === undefined ? undefined : { client, service, file: undefined, mark: '' },
      )
      this.#queues.set(key, queue)
    }
    return queue
  }

  #wait(customId: string, { recordId, body, queue, signal }: Waiting): Promise<Found | 'unsent'> {
    return new Promise((resolve, reject) => {
      if (this.#closed.signal.aborted) {
        reject(new SygraError('run_stopped', leftAtProvider))
        return
      }
      let isAnswered = () => {}
      const giveUp = () => {
        isAnswered()
        this.#waiters.delete(customId)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', giveUp, { once: true })
      const settle =
        <Value>(act: (value: Value) => void) =>
        (value: Value) => {
          signal?.removeEventListener('abort', giveUp)
          isAnswered()
          act(value)
        }
      this.#waiters.set(customId, { resolve: settle(resolve), reject: settle(reject) })
      if (!this.#atProvider.has(customId)) this.#add(queue, customId, body)
      // It counts as one that waits only when it is in a batch: the wave must not go without it.
      isAnswered = this.waves.wait(recordId)
    })
  }

  #add(queue: Queue, customId: string, body: string): void {
    const { service } = queue
    const line = service.line(customId, body)
    const room = service.maxBytes - (queue.file?.bytes ?? 0)
    if (queue.file !== undefined && Buffer.byteLength(line) + service.separator.length > room) this.#flush(queue)
    if (queue.file === undefined) {
      this.#numbers += 1
      queue.mark = `sygra-${this.#options.runId.slice(0, 8)}-${this.#numbers}`
      queue.file = new OpenBatchFile(this.#pathOf(queue.mark, 'requests'), service.separator)
      this.#open.set(queue.mark, queue)
    }
    queue.file.add(customId, line)
    if (queue.file.ids.length >= service.maxLines) this.#flush(queue)
  }

  #flushAll(): void {
    for (const queue of [...this.#open.values()]) this.#flush(queue)
  }

  #flush(queue: Queue): void {
    const { file, mark, client, service } = queue
    if (file === undefined) return
    queue.file = undefined
    this.#open.delete(mark)
    file.close()
    const { path, ids, bytes } = file
    for (const id of ids) this.#atProvider.add(id)
    const batch: Batch = { mark, model: client.identity.name, path, ids, bytes, submittedAtMs: nowMs() }
    this.#carry(service, batch, 'ready')
  }

  /** Takes a batch from where it stands to its last answer. */
  #carry(service: BatchService, batch: Batch, from: 'ready' | BatchState): void {
    const carrying = this.#takeThrough(service, batch, from)
      .catch((error: unknown) => {
        if (this.#closed.signal.aborted) return
        this.#options.onRefused(`batch ${batch.mark} of ${batch.model} cannot go on: ${messageOf(error)}`)
        this.#reject(batch, new SygraError('run_stopped', messageOf(error), { cause: error }))
      })
      .finally(() => this.#carrying.delete(carrying))
    this.#carrying.add(carrying)
  }

  async #takeThrough(service: BatchService, batch: Batch, from: 'ready' | BatchState): Promise<void> {
    let known: Batch | undefined = batch
    if (from === 'ready') {
      this.#note(batch, { state: 'submitting', bytes: batch.bytes })
      await this.#options.sync()
      known = await this.#submit(service, batch)
    } else if (from === 'submitting') known = await this.#search(service, batch)
    if (known === undefined) {
      await this.#free(batch)
      return
    }
    if (known.providerId === undefined) return
    const { reason } = await this.#watch(service, known, known.providerId)
    const path = this.#pathOf(batch.mark, 'results')
    await fetchResults(service, { providerId: known.providerId, path })
    if (from === 'submitting' && !(await belongsTo(service, path, new Set(batch.ids)))) {
      // A batch of somebody else, of the same time and size.
      rmSync(path, { force: true })
      return this.#takeThrough(service, { ...batch, providerId: undefined }, 'submitting')
    }
    await this.#deliver(service, known, reason)
  }

  async #submit(service: BatchService, batch: Batch): Promise<Batch | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const providerId = await service.submit({ ...batch, lines: batch.ids.length })
        return await this.#submitted(batch, providerId)
      } catch (error) {
        if (error instanceof BatchRefusal && error.isCertain) {
          this.#note(batch, { state: 'failed', reason: error.message })
          throw error
        }
        // It may have arrived: nothing is handed in again before it was looked for.
        const found = await this.#search(service, batch)
        if (found !== undefined) return found
        if (attempt >= 5) throw error
        await this.#pause(attempt)
      }
    }
  }

  async #submitted(batch: Batch, providerId: string): Promise<Batch> {
    this.#taken.add(providerId)
    this.#note(batch, { state: 'waiting', providerId })
    await this.#options.sync()
    return { ...batch, providerId }
  }

  /** Looks for a batch of which nobody knows whether it arrived; undefined when it did not. */
  async #search(service: BatchService, batch: Batch): Promise<Batch | undefined> {
    // What was under way when the process died may arrive, and be listed, a little later.
    for (let look = 1; look <= looksForLost; look += 1) {
      const found = await this.#patiently(() =>
        service.find({ ...batch, lines: batch.ids.length }, batch.submittedAtMs),
      )
      const providerId = found.find((id) => !this.#taken.has(id))
      if (providerId !== undefined) return this.#submitted(batch, providerId)
      if (look < looksForLost) await this.#pause(look)
    }
    return undefined
  }

  /** A batch that never arrived: its calls are free, and are handed in with the next one where they are asked. */
  async #free(batch: Batch): Promise<void> {
    this.#note(batch, { state: 'withdrawn', reason: 'it never arrived' })
    await this.#options.sync()
    const waiting = batch.ids.filter((id) => this.#waiters.has(id))
    for (const id of batch.ids) this.#atProvider.delete(id)
    for (const id of waiting) {
      const waiter = this.#waiters.get(id)
      this.#waiters.delete(id)
      waiter?.resolve('unsent')
    }
  }

  async #watch(service: BatchService, batch: Batch, providerId: string): Promise<{ readonly reason?: string }> {
    const { settings } = this.#options
    const endsAtMs = batch.submittedAtMs + settings.waitSeconds * 1000
    let isCancelled = false
    let answered: number | undefined
    for (let look = 1; ; look += 1) {
      await this.#pause(look)
      const status = await this.#patiently(() => service.look(providerId))
      if (status.state === 'failed') {
        const reason = status.reason ?? 'the provider has refused it'
        this.#note(batch, { state: 'failed', providerId, reason })
        throw new SygraError('run_stopped', reason)
      }
      if (status.state === 'ended') return { reason: status.reason }
      if (status.answered !== answered) {
        answered = status.answered
        this.#note(batch, { state: 'waiting', providerId, answered })
      }
      if (nowMs() < endsAtMs || isCancelled) continue
      isCancelled = true
      await this.#patiently(() => service.cancel(providerId)).catch(() => {})
      this.#options.onNotice(`batch ${batch.mark} has not come in time and is cancelled`)
    }
  }

  async #deliver(service: BatchService, batch: Batch, reason: string | undefined): Promise<void> {
    const areKnown = batch.ids.length > 0
    const missing = new Set(batch.ids)
    let count = 0
    for await (const found of readResults(service, this.#pathOf(batch.mark, 'results'))) {
      const { customId } = found.answer
      // Of two answers to one call the first counts; an id that is none of ours is passed over.
      if (areKnown && !missing.delete(customId)) continue
      this.#give(customId, { ...found, model: batch.model })
      count += 1
      // Those who get their answers are to have their turn before all of them are in memory.
      if (count % 200 === 0) await sleep(0)
    }
    this.#note(batch, { state: 'ended', providerId: batch.providerId, answered: count, reason })
    await this.#options.sync()
    for (const id of missing) {
      const answer: BatchAnswer = reason === undefined ? again(id) : { type: 'late', customId: id, reason }
      this.#give(id, { model: batch.model, answer, line: undefined })
    }
  }

  #give(customId: string, found: Found): void {
    this.#atProvider.delete(customId)
    const waiter = this.#waiters.get(customId)
    if (waiter === undefined) {
      this.#found.set(customId, found)
      return
    }
    this.#waiters.delete(customId)
    waiter.resolve(found)
  }

  #reject(batch: Batch, error: unknown): void {
    for (const id of batch.ids) {
      this.#atProvider.delete(id)
      this.#waiters.get(id)?.reject(error)
      this.#waiters.delete(id)
    }
  }

  /** Takes up what earlier sessions have handed in for a model, before anything new is. */
  #takePast(queue: Queue): Promise<void> {
    const model = queue.client.identity.name
    let taken = this.#pastTaken.get(model)
    if (taken === undefined) {
      taken = this.#readPast(queue, model)
      this.#pastTaken.set(model, taken)
    }
    return taken
  }

  async #readPast({ service }: Queue, model: string): Promise<void> {
    for (const change of this.#options.past) {
      if (change.model !== model || change.state === 'failed' || change.state === 'withdrawn') continue
      const path = this.#pathOf(change.batch, 'requests')
      const ids = await readIds(path)
      const batch: Batch = {
        ...{ mark: change.batch, model, path, ids },
        submittedAtMs: change.atMs,
        providerId: change.providerId,
      }
      for (const id of ids) this.#atProvider.add(id)
      const isThere = change.state === 'ended' && existsSync(this.#pathOf(change.batch, 'results'))
      if (isThere) await this.#deliver(service, batch, change.reason)
      // A further look at a batch that has ended costs nothing.
      else this.#carry(service, batch, change.state === 'ended' ? 'waiting' : change.state)
      // Where nobody knows what a batch holds, nothing is asked before it has answered: it may be among that.
      if (ids.length === 0 && change.lines > 0) await Promise.all(this.#carrying)
    }
  }

  #note(
    { mark, model, ids }: Batch,
    change: Pick<BatchChange, 'state' | 'bytes' | 'providerId' | 'answered' | 'reason'>,
  ): void {
    this.#options.record({ type: 'batch-change', batch: mark, model, lines: ids.length, atMs: nowMs(), ...change })
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
    await sleep(seconds * 1000, undefined, { signal: this.#closed.signal })
  }

  #pathOf(mark: string, kind: 'requests' | 'results'): string {
    return join(this.#options.directory, `${mark}.${kind}.jsonl`)
  }
}

/** What a call is told that got no answer although its batch has ended: it is tried again, by the rules of the run. */
function again(customId: string): BatchAnswer {
  const body = { error: { type: 'server_error', message: 'the batch has no answer to this call' } }
  return { type: 'answer', customId, status: 503, body }
}
