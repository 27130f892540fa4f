import { messageOf } from '../errors.ts'
import type { Environment } from '../metadata/event.ts'
import { monotonicSeconds, setSoon } from '../runtime/clock.ts'
import type { FromWorker, QueuedRecord } from './messages.ts'
import type { CoordinatorHandlers } from './transport.ts'

/** A worker as the transport that reaches it knows it. */
export interface Seat {
  readonly worker: string
  /** How many records it does at once. */
  readonly concurrency: number
  readonly inWork: Set<string>
  /** It has loaded the task. */
  isReady: boolean
  /** Nothing was heard of it for longer than its lease. */
  isSilent: boolean
  /** It does a record that must be alone. */
  isTaken: boolean
  /** It finishes what it has, and takes nothing more. */
  isLeaving: boolean
  heardAt: number
}

export function newSeat(worker: string, concurrency: number): Seat {
  return {
    worker,
    concurrency,
    inWork: new Set(),
    isReady: false,
    isSilent: false,
    isTaken: false,
    isLeaving: false,
    heardAt: monotonicSeconds(),
  }
}

interface SeatsOptions<Known extends Seat> {
  readonly leaseSeconds: number
  /** Gives a record to a worker; throws for one that cannot be told to another process. */
  readonly give: (seat: Known, record: QueuedRecord) => void
  /** Whether anything can be given to it at the moment. */
  readonly isReachable: (seat: Known) => boolean
  /** Called before it gets its first record. */
  readonly onReady?: (seat: Known) => void
}

/** Who gets which record, and who has not been heard of: the same for every transport. */
export class Seats<Known extends Seat> {
  readonly #options: SeatsOptions<Known>
  readonly #seats = new Map<string, Known>()
  #queue: QueuedRecord[] = []
  #handlers: CoordinatorHandlers | undefined
  #watch: NodeJS.Timeout | undefined

  constructor(options: SeatsOptions<Known>) {
    this.#options = options
  }

  open(handlers: CoordinatorHandlers): void {
    this.#handlers = handlers
    this.#watch = setInterval(() => this.#findSilent(), (this.#options.leaseSeconds * 1000) / 4).unref()
  }

  close(): void {
    clearInterval(this.#watch)
  }

  all(): readonly Known[] {
    return [...this.#seats.values()]
  }

  get(worker: string): Known | undefined {
    return this.#seats.get(worker)
  }

  add(seat: Known): void {
    this.#seats.set(seat.worker, seat)
  }

  delete(worker: string): void {
    this.#seats.delete(worker)
  }

  enqueue(record: QueuedRecord): void {
    this.#queue.push(record)
    this.handOut()
  }

  /** Takes back what nobody has taken, and gives its ids. */
  withdraw(): readonly string[] {
    const ids = this.#queue.map(({ id }) => id)
    this.#queue = []
    return ids
  }

  /** Takes what a worker has said, and passes it on. */
  hear(seat: Known, message: FromWorker): void {
    seat.heardAt = monotonicSeconds()
    seat.isSilent = false
    if (message.type === 'ready') void this.#join(seat, message.environment)
    else this.#handlers?.heard(seat.worker, message)
    if (message.type === 'leaving') seat.isLeaving = true
    if (message.type === 'done') {
      seat.inWork.delete(message.recordId)
      if (seat.inWork.size === 0) seat.isTaken = false
    }
    this.handOut()
  }

  /** Gives each waiting record to the worker that has most room. */
  handOut(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const { id, isAlone = false } = next
      const seat = this.#seatFor(isAlone)
      if (seat === undefined) return
      this.#queue.shift()
      seat.inWork.add(id)
      seat.isTaken = isAlone
      this.#handlers?.taken(seat.worker, id)
      this.#give(seat, next)
    }
  }

  async #join(seat: Known, environment: Environment): Promise<void> {
    await this.#handlers?.joined(seat.worker, { environment, concurrency: seat.concurrency })
    seat.isReady = true
    this.#options.onReady?.(seat)
    this.handOut()
  }

  #give(seat: Known, record: QueuedRecord): void {
    try {
      this.#options.give(seat, record)
    } catch (error) {
      const message = `the record cannot be given to another process: ${messageOf(error)}`
      const outcome = { type: 'failure', message } as const
      const nothing = { durationSeconds: 0, costPicodollars: 0, errorType: 'bad_data' }
      // Not at once: who hands it out has not ended yet.
      setSoon(() => this.hear(seat, { type: 'done', recordId: record.id, outcome, ...nothing }))
    }
  }

  #seatFor(isAlone: boolean): Known | undefined {
    let best: Known | undefined
    let mostRoom = 0
    for (const seat of this.#seats.values()) {
      if (!seat.isReady || seat.isSilent || seat.isTaken || seat.isLeaving) continue
      const room = (isAlone ? 1 : seat.concurrency) - seat.inWork.size
      if (room <= mostRoom || !this.#options.isReachable(seat)) continue
      best = seat
      mostRoom = room
    }
    return best
  }

  #findSilent(): void {
    const now = monotonicSeconds()
    for (const seat of this.#seats.values()) {
      if (!seat.isReady || seat.isSilent || now - seat.heardAt < this.#options.leaseSeconds) continue
      seat.isSilent = true
      seat.inWork.clear()
      this.#handlers?.silent(seat.worker)
    }
  }
}
