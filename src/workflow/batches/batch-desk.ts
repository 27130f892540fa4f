import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, SygraError } from '../../errors.ts'
import type { BatchChange, BatchState } from '../../metadata/event.ts'
import type { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import { isOpenBatch } from '../../metadata/sent-work.ts'
import type { LatestChange } from '../../metadata/totals/batch-totals.ts'
import { nowMs } from '../../runtime/clock.ts'
import { currentScope } from '../../runtime/scope.ts'
import { AbortWatch } from '../abort-watch.ts'
import type { BatchAsk, BatchQueue, ModelCall, ModelClient } from '../models/model-call.ts'
import type { BatchSettings } from './batch-choice.ts'
import { type Batch, BatchCourier } from './batch-courier.ts'
import { BatchLate, leftAtProvider } from './batch-errors.ts'
import { OpenBatchFile } from './batch-file.ts'
import { readIds, readResults } from './batch-results.ts'
import type { BatchAnswer, BatchService } from './batch-service.ts'
import { batchServiceOf, takesBatches } from './batch-services.ts'
import { recordBatchAnswer, responseIdOf } from './record-batch-answer.ts'
import { WaveClock } from './wave-clock.ts'

interface BatchDeskOptions {
  readonly settings: BatchSettings
  /** Where the files of batches are kept until the run has ended. */
  readonly directory: string
  /** Distinguishes the batches of this run from those of others. */
  readonly runId: string
  /** What earlier sessions have handed in. */
  readonly past: PastBatches
  readonly record: (change: BatchChange) => void
  /** Waits until what was recorded is on the disk. */
  readonly sync: () => Promise<void>
  /** Stops the run: a batch was refused whole. */
  readonly onRefused: (message: string) => void
  readonly onNotice: (message: string) => void
}

/** What the ledger knows of batches of earlier sessions. */
export interface PastBatches {
  /** How many there were. */
  readonly count: number
  /** Those of which something may be left to be read. */
  readonly open: readonly LatestChange[]
  /** The answers that are in the account. */
  readonly reads: DeferredReads
  /** How often a record has failed: what is asked for it then is asked anew. */
  readonly failuresOf: (recordId: string) => number
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
export class BatchDesk implements BatchQueue {
  readonly waves: WaveClock
  readonly #options: BatchDeskOptions
  readonly #courier: BatchCourier
  readonly #queues = new Map<string, Promise<Queue | undefined>>()
  readonly #open = new Map<string, Queue>()
  readonly #waiters = new Map<string, Waiter>()
  /** Answers that came before they were asked for, as after a resume. */
  readonly #found = new Map<string, Found>()
  /** Calls of batches that are at the provider, and in which one each is. */
  readonly #atProvider = new Map<string, string>()
  readonly #carrying = new Set<Promise<void>>()
  readonly #closed = new AbortController()
  readonly #aborts = new AbortWatch()
  #numbers: number
  readonly #pastTaken = new Map<string, Promise<void>>()

  constructor(options: BatchDeskOptions) {
    const { past, settings, record, sync, onNotice } = options
    this.#options = options
    this.#numbers = past.count
    // One of which nobody knows whether it arrived has the name of none.
    const taken = past.open.flatMap(({ state, providerId }) => (state === 'submitting' ? [] : (providerId ?? [])))
    this.#courier = new BatchCourier({ settings, record, sync, onNotice, taken, closed: this.#closed.signal })
    this.waves = new WaveClock(() => this.#flushAll())
  }

  takes({ client, isBatched }: ModelCall): boolean {
    if (currentScope()?.record === undefined || !takesBatches(client)) return false
    return isBatched ?? this.#options.settings.isForAll
  }

  get asksLateNow(): boolean {
    return this.#options.settings.asksLateNow
  }

  async ask({ call, recordId, body, admit, ...place }: BatchAsk): Promise<Response> {
    const { signal } = call
    signal?.throwIfAborted()
    const queue = await this.#queueOf(call.client)
    if (queue === undefined) throw new Error(`no batches at ${call.client.identity.name}`)
    await this.#takePast(queue)
    const customId = this.#customIdOf({ recordId, body, ...place })
    if (!this.#isCounted(queue, this.#found.get(customId))) {
      // Until others have given room back nothing comes of it: it waits as those do that have asked.
      const hasRoom = this.waves.wait(recordId)
      await admit({ isSent: this.#found.has(customId) || this.#atProvider.has(customId) }).finally(hasRoom)
    }
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

  /** The same in each session of a run, until the record has failed: then everything is asked for it anew. */
  #customIdOf({ recordId, body, origin, attempt }: Pick<BatchAsk, 'recordId' | 'body' | 'origin' | 'attempt'>): string {
    const digest = createHash('sha256').update(body).digest('hex').slice(0, 12)
    const failures = this.#options.past.failuresOf(recordId)
    return `${origin}-${digest}-${attempt}${failures === 0 ? '' : `-r${failures}`}`
  }

  /** True for an answer that an earlier session has had, and paid. */
  #isCounted({ service: { format } }: Queue, found: Found | undefined): boolean {
    if (found === undefined || found.answer.type !== 'answer') return false
    return this.#options.past.reads.has(responseIdOf(found.answer, { line: found.line, format }))
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
   * Nothing is left to be asked. What was answered and nobody asked for in this session, as where prompts have changed, was
   * paid all the same, and is counted.
   */
  async finish(): Promise<void> {
    for (const queue of await Promise.all(this.#queues.values())) {
      if (queue === undefined) continue
      const { service, client } = queue
      for (const found of this.#found.values()) {
        const { answer, line, model } = found
        if (answer.type !== 'answer' || model !== client.identity.name || this.#isCounted(queue, found)) continue
        recordBatchAnswer({ answer, line, format: service.format, client })
      }
    }
    const unread = this.#options.past.open.filter(
      (batch) => isOpenBatch(batch) && !this.#pastTaken.has(batch.model),
    ).length
    const left = unread + (this.#atProvider.size > 0 ? this.waiting : 0)
    if (left > 0) {
      this.#options.onNotice(
        `WARNING: batches of an earlier session are still at the provider, and no call of this run asks for what they answer: what they cost is in no figure (${left})`,
      )
    }
    this.leave()
  }

  /** Removes the files of batches, for a run that is complete: what they hold is in its account. */
  clear(): void {
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
      const forget = this.#aborts.add(signal, () => {
        isAnswered()
        this.#waiters.delete(customId)
        reject(signal?.reason)
      })
      const settle =
        <Value>(act: (value: Value) => void) =>
        (value: Value) => {
          forget()
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
    if (queue.file?.hasRoomFor(line) === false) this.#flush(queue)
    if (queue.file === undefined) {
      this.#numbers += 1
      queue.mark = `sygra-${this.#options.runId.slice(0, 8)}-${this.#numbers}`
      queue.file = new OpenBatchFile(this.#pathOf(queue.mark, 'requests'), service)
      this.#open.set(queue.mark, queue)
    }
    queue.file.add(customId, line)
    // What is full need not wait for the others of its wave.
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
    const { path, ids, bytes } = file
    const model = client.identity.name
    const batch: Batch = { mark, model, path, ids, lines: ids.length, bytes, submittedAtMs: nowMs() }
    for (const id of ids) this.#atProvider.set(id, mark)
    try {
      file.close()
    } catch (error) {
      this.#giveUp(batch, error)
      return
    }
    void this.#carry(service, batch, 'ready')
  }

  /** Takes a batch from where it stands to its last answer. */
  #carry(service: BatchService, batch: Batch, from: 'ready' | BatchState): Promise<void> {
    const carrying = this.#takeThrough(service, batch, from)
      .catch((error: unknown) => this.#giveUp(batch, error))
      .finally(() => this.#carrying.delete(carrying))
    this.#carrying.add(carrying)
    return carrying
  }

  async #takeThrough(service: BatchService, batch: Batch, from: 'ready' | BatchState): Promise<void> {
    const resultsPath = this.#pathOf(batch.mark, 'results')
    const carried = await this.#courier.carry(service, batch, { from, resultsPath })
    if (carried.type === 'gone') {
      for (const id of batch.ids) this.#free(id, batch)
      return
    }
    const { reason } = carried
    await this.#deliver(service, carried.batch, { reason, isPast: from !== 'ready', isNoted: false })
  }

  /** A call that waits at the provider no longer is handed in with the next batch, as soon as it is asked. */
  #free(customId: string, { mark }: Batch): void {
    // It may be in a later batch, which has taken its place.
    if (this.#atProvider.get(customId) !== mark) return
    this.#atProvider.delete(customId)
    const waiter = this.#waiters.get(customId)
    this.#waiters.delete(customId)
    waiter?.resolve('unsent')
  }

  async #deliver(service: BatchService, batch: Batch, { reason, isPast, isNoted }: Delivery): Promise<void> {
    const areKnown = batch.ids.length > 0
    const missing = new Set(batch.ids)
    // What an earlier session was too late for is left for this one.
    const isLeft = ({ type }: BatchAnswer) => type === 'late' && isPast && !this.asksLateNow
    let [read, answered] = [0, 0]
    for await (const found of readResults(service, this.#pathOf(batch.mark, 'results'))) {
      const { customId } = found.answer
      // Of two answers to one call the first counts; an id that is none of ours is passed over.
      if (areKnown && !missing.delete(customId)) continue
      if (isLeft(found.answer)) this.#free(customId, batch)
      else this.#give(customId, { ...found, model: batch.model })
      // Of those that were not done in time there is a line too.
      if (found.answer.type === 'answer') answered += 1
      read += 1
      // Those who get their answers are to have their turn before all of them are in memory.
      if (read % 200 === 0) await sleep(0)
    }
    if (!isNoted) {
      this.#courier.note(batch, { state: 'ended', answered, reason })
      await this.#options.sync()
    }
    for (const id of missing) {
      const answer: BatchAnswer = reason === undefined ? again(id) : { type: 'late', customId: id, reason }
      if (isLeft(answer)) this.#free(id, batch)
      else this.#give(id, { model: batch.model, answer, line: undefined })
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

  /** A batch was refused, or cannot be handed in: that stops the run, and no record fails over it. */
  #giveUp(batch: Batch, error: unknown): void {
    if (this.#closed.signal.aborted) return
    this.#options.onRefused(`batch ${batch.mark} of ${batch.model} cannot go on: ${messageOf(error)}`)
    const stopped = new SygraError('run_stopped', messageOf(error), { cause: error })
    for (const id of batch.ids) {
      this.#atProvider.delete(id)
      this.#waiters.get(id)?.reject(stopped)
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
    for (const change of this.#options.past.open) {
      if (change.model !== model) continue
      const { batch: mark, state, lines, submittedAtMs, providerId, reason } = change
      const path = this.#pathOf(mark, 'requests')
      const ids = await readIds(path)
      const batch: Batch = { mark, model, path, ids, lines: ids.length || lines, submittedAtMs, providerId }
      for (const id of ids) this.#atProvider.set(id, mark)
      if (state === 'ended' && existsSync(this.#pathOf(mark, 'results'))) {
        await this.#deliver(service, batch, { reason, isPast: true, isNoted: true })
        continue
      }
      // A further look at a batch that has ended costs nothing.
      const carrying = this.#carry(service, batch, state === 'ended' ? 'waiting' : state)
      // Where nobody knows what a batch holds, nothing is asked before it has answered: it may be among that.
      if (ids.length === 0) await carrying
    }
  }

  #pathOf(mark: string, kind: 'requests' | 'results'): string {
    return join(this.#options.directory, `${mark}.${kind}.jsonl`)
  }
}

interface Delivery {
  /** Why the batch ended before its time. */
  readonly reason: string | undefined
  /** An earlier session has handed it in. */
  readonly isPast: boolean
  /** The ledger knows that it has ended. */
  readonly isNoted: boolean
}

/** What a call is told that got no answer although its batch has ended: it is tried again, by the rules of the run. */
function again(customId: string): BatchAnswer {
  const body = { error: { type: 'server_error', message: 'the batch has no answer to this call' } }
  return { type: 'answer', customId, status: 503, body }
}
