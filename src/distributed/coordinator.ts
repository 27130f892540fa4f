import { SygraError } from '../errors.ts'
import type { MetadataEvent } from '../metadata/event.ts'
import { monotonicSeconds, nowMs } from '../runtime/clock.ts'
import { Places } from '../workflow/run/places.ts'
import type { CarriedOut, RecordToDo } from '../workflow/run/record-work.ts'
import type { RecordWorkers, WorkedRun } from '../workflow/run/record-workers.ts'
import { AskDesk } from './ask-desk.ts'
import { KeptNotice } from './kept-notice.ts'
import type { FromWorker, RecordDone } from './messages.ts'
import type { CoordinatorTransport, JoinedWorker } from './transport.ts'
import { WorkerLedger } from './worker-ledger.ts'

/** A worker that works on a record: since when, and what that has cost so far. */
interface Taker {
  readonly sinceSeconds: number
  picodollars: number
}

/** A record that was handed out, until it is done and nobody works on it any more. */
interface Assignment {
  readonly todo: RecordToDo
  readonly takers: Map<string, Taker>
  /** How often who had it was lost. */
  losses: number
  /** What waits for its end; undefined once it has ended. */
  settle: Settle | undefined
}

interface Settle {
  readonly done: (carried: CarriedOut) => void
  readonly fail: (error: Error) => void
}

interface Member {
  readonly ledger: WorkerLedger
  readonly kept: KeptNotice
  readonly desk: AskDesk
  readonly sinceSeconds: number
}

/** A record that has ended so many workers ends no more of them. */
const maxLosses = 3

const givenUp: CarriedOut = { outcome: { type: 'given-up' }, durationSeconds: 0, costPicodollars: 0 }

/**
 * Hands the records of a run out to workers and takes in what they tell, so that there is one account: their events are kept
 * in a ledger for each and folded with the run's own, a record's row stands once, and whatever else was done for it is named.
 */
export class Coordinator implements RecordWorkers {
  readonly places = new Places(0)
  readonly #run: WorkedRun
  readonly #transport: CoordinatorTransport
  readonly #assignments = new Map<string, Assignment>()
  readonly #members = new Map<string, Member>()
  /** Ledgers of workers that are gone, for what comes late. */
  readonly #departed = new Map<string, WorkerLedger>()
  readonly #comingLate = new Set<Promise<void>>()
  #failure: Error | undefined
  #running = 0

  constructor(run: WorkedRun, transport: CoordinatorTransport) {
    this.#run = run
    this.#transport = transport
  }

  async open(): Promise<void> {
    const { stop, collector } = this.#run
    collector.onEvent((event) => this.#note(event))
    await this.#transport.open({
      joined: (worker, joined) => this.#join(worker, joined),
      heard: (worker, message) => this.#hear(worker, message),
      taken: (worker, recordId) => this.#take(worker, recordId),
      silent: (worker) => this.#lose(worker, { isGone: false }),
      gone: (worker, reason) => this.#leave(worker, reason),
      places: (places) => this.places.setMost(places),
      broken: (error) => this.#break(error),
    })
    stop.taking.addEventListener('abort', () => void this.#stopTaking(), { once: true })
    stop.work.addEventListener('abort', () => this.#giveUp(), { once: true })
  }

  readonly carryOut = (todo: RecordToDo): Promise<CarriedOut> => {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#run.stop.taking.aborted) return Promise.resolve(givenUp)
    return new Promise((done, fail) => {
      const known = this.#assignments.get(todo.id)
      this.#assignments.set(todo.id, { todo, takers: known?.takers ?? new Map(), losses: 0, settle: { done, fail } })
      const { id, row, index } = todo
      this.#transport.enqueue({ id, row, index })
    })
  }

  runningRequests(): number {
    return this.#running
  }

  async close(): Promise<void> {
    await this.#transport.close().catch(() => {})
    for (const worker of [...this.#members.keys()]) this.#leave(worker)
    await Promise.all(this.#comingLate)
    this.#assignments.clear()
  }

  /** Saves what is there and lets the workers go, in a moment in which nothing can be awaited. */
  abandon(): void {
    this.#transport.abandon()
  }

  async #join(worker: string, { environment, concurrency }: JoinedWorker): Promise<void> {
    const { collector, recorder, prepared, guard, options, session } = this.#run
    this.#members.set(worker, {
      ledger: new WorkerLedger({ worker, run: this.#run, ledgerPath: this.#run.files.ledgerPath }),
      kept: new KeptNotice((number) => this.#transport.tell(worker, { type: 'kept', number })),
      desk: new AskDesk({
        guard,
        clients: prepared.models.clients,
        price: { prices: prepared.prices, isSimulated: options.simulate !== undefined && options.simulate !== false },
        tell: (message) => this.#transport.tell(worker, message),
      }),
      sinceSeconds: monotonicSeconds(),
    })
    const transport = this.#transport.name
    collector.record({
      type: 'worker-start',
      worker,
      session,
      startedAtMs: nowMs(),
      environment,
      concurrency,
      transport,
    })
    void recorder.checkpoint()
    // A run that is killed must know whom it had.
    await recorder.ledger?.kept()
  }

  #hear(worker: string, message: FromWorker): void {
    const member = this.#members.get(worker)
    if (member === undefined) return
    switch (message.type) {
      case 'lines':
        void member.ledger.take(message.bytes).then(() => member.kept.note(message.number))
        break
      case 'done':
        this.#done(worker, message)
        break
      case 'ask':
      case 'forget':
      case 'leave':
        member.desk.hear(message)
        break
      case 'spooled':
        this.#takeLate(worker, message)
        break
      case 'ready':
      case 'failed':
      case 'alive':
      case 'leaving':
      case 'settled':
      case 'bye':
        break
      default:
        message satisfies never
    }
  }

  /** What a worker had to keep while nobody heard it, told by who took its place. */
  #takeLate(teller: string, { number, worker, text }: Extract<FromWorker, { readonly type: 'spooled' }>): void {
    let ledger = this.#departed.get(worker)
    if (ledger === undefined) {
      ledger = new WorkerLedger({ worker, run: this.#run, ledgerPath: this.#run.files.ledgerPath })
      this.#departed.set(worker, ledger)
    }
    const taken = ledger
      .take(Buffer.from(text))
      .then(() => this.#transport.tell(teller, { type: 'spool-kept', number }))
      .finally(() => this.#comingLate.delete(taken))
    this.#comingLate.add(taken)
  }

  #take(worker: string, recordId: string): void {
    this.#assignments.get(recordId)?.takers.set(worker, { sinceSeconds: monotonicSeconds(), picodollars: 0 })
  }

  /** What the events of a worker say of the records it works on. */
  #note(event: MetadataEvent): void {
    if (event.type === 'request-start' && event.worker !== undefined) this.#running += 1
    if (event.type !== 'request-end' || event.worker === undefined) return
    if (event.isAnnounced) this.#running -= 1
    const taker = this.#assignments.get(event.recordId ?? '')?.takers.get(event.worker)
    if (taker !== undefined) taker.picodollars += event.cost?.picodollars ?? 0
  }

  #done(worker: string, done: RecordDone): void {
    const { recordId, durationSeconds, costPicodollars } = done
    const assignment = this.#assignments.get(recordId)
    assignment?.takers.delete(worker)
    if (assignment?.settle === undefined) {
      // Its row stands already: another worker was faster.
      const { collector } = this.#run
      collector.record({ type: 'record-duplicate', recordId, worker, durationSeconds, costPicodollars })
    } else {
      this.#settle(assignment, { ...this.#carriedOut(done), worker })
    }
    if (assignment !== undefined) this.#forgetIfOver(recordId, assignment)
  }

  /** A worker is silent, or gone: what it had is handed out again. */
  #lose(worker: string, { isGone }: { readonly isGone: boolean }): void {
    for (const [id, assignment] of this.#assignments) {
      const taker = assignment.takers.get(worker)
      if (taker === undefined) continue
      const isDone = assignment.settle === undefined
      if (isGone) assignment.takers.delete(worker)
      if (!isDone) this.#handOutAgain(assignment)
      // What is given up now is not done twice; who takes the run up again may find that it was.
      if (isGone && (isDone || assignment.settle !== undefined)) this.#noteDuplicate(id, worker, taker)
      this.#forgetIfOver(id, assignment)
    }
  }

  #handOutAgain(assignment: Assignment): void {
    const { todo } = assignment
    assignment.losses += 1
    if (this.#run.stop.taking.aborted) this.#settle(assignment, givenUp)
    else if (assignment.losses >= maxLosses) {
      const error = new SygraError(
        'run_failed',
        `${assignment.losses} workers were lost while they worked on this record; see what they printed`,
      )
      this.#settle(assignment, {
        outcome: { type: 'failure', error },
        durationSeconds: 0,
        costPicodollars: 0,
        errorType: 'worker_lost',
      })
    } else {
      const { id, row, index } = todo
      this.#transport.enqueue({ id, row, index, isAlone: assignment.losses > 1 })
    }
  }

  #leave(worker: string, reason?: string): void {
    const member = this.#members.get(worker)
    if (member === undefined) return
    this.#lose(worker, { isGone: true })
    this.#members.delete(worker)
    this.#departed.set(worker, member.ledger)
    member.desk.close()
    member.kept.close()
    this.#running = Math.max(0, this.#running - member.ledger.openRequests)
    this.#run.collector.record({
      type: 'worker-end',
      worker,
      endedAtMs: nowMs(),
      durationSeconds: monotonicSeconds() - member.sinceSeconds,
      reason,
    })
    if (reason !== undefined)
      this.#run.options.onNotice?.(
        `WARNING: worker ${worker} is lost (${reason}); what it had in work is done by others`,
      )
  }

  #break(error: Error): void {
    this.#failure ??= error
    for (const assignment of this.#assignments.values()) {
      assignment.settle?.fail(error)
      assignment.settle = undefined
    }
  }

  async #stopTaking(): Promise<void> {
    const { stop } = this.#run
    if (stop.reason?.type === 'limit' || stop.reason?.type === 'model-down') {
      for (const worker of this.#members.keys()) {
        this.#transport.tell(worker, { type: 'refuse', message: stop.reason.message })
      }
    }
    for (const id of await this.#transport.withdraw()) {
      const assignment = this.#assignments.get(id)
      if (assignment !== undefined) this.#settle(assignment, givenUp)
    }
  }

  #giveUp(): void {
    for (const worker of this.#members.keys()) this.#transport.tell(worker, { type: 'give-up' })
  }

  #settle(assignment: Assignment, carried: CarriedOut): void {
    assignment.settle?.done(carried)
    assignment.settle = undefined
    this.#forgetIfOver(assignment.todo.id, assignment)
  }

  #forgetIfOver(id: string, { settle, takers }: Assignment): void {
    if (settle === undefined && takers.size === 0) this.#assignments.delete(id)
  }

  #carriedOut({ outcome, durationSeconds, costPicodollars, errorType }: RecordDone): CarriedOut {
    const facts = { durationSeconds, costPicodollars, errorType }
    switch (outcome.type) {
      case 'row': {
        const { text, unset } = outcome
        // Read only where somebody wants it: the file gets the text.
        const isWanted = this.#run.options.keepRecords !== false || this.#run.options.onRecord !== undefined
        return {
          ...facts,
          outcome: { type: 'row', text, row: isWanted && text !== undefined ? JSON.parse(text) : undefined, unset },
        }
      }
      case 'failure':
        return { ...facts, outcome: { type: 'failure', error: new Error(outcome.message) } }
      case 'given-up':
        return { ...facts, outcome }
      default:
        return outcome satisfies never
    }
  }

  #noteDuplicate(recordId: string, worker: string, { sinceSeconds, picodollars }: Taker): void {
    const durationSeconds = monotonicSeconds() - sinceSeconds
    const { collector } = this.#run
    collector.record({ type: 'record-duplicate', recordId, worker, durationSeconds, costPicodollars: picodollars })
  }
}
