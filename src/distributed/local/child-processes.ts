import type { ChildProcess } from 'node:child_process'
import { SygraError } from '../../errors.ts'
import { clearTimer, setTimer } from '../../runtime/clock.ts'
import { describeExit, type Exit, forkWorker, type OnWorkerLine } from '../fork-worker.ts'
import type { FromWorker, QueuedRecord, ToWorker, WorkerBegin } from '../messages.ts'
import { newSeat, type Seat, Seats } from '../seats.ts'
import type { CoordinatorHandlers, CoordinatorTransport } from '../transport.ts'

export interface ChildProcessOptions {
  /** The file that they run. */
  readonly program: string
  /** How many processes. */
  readonly count: number
  /** How many records they do at once, all together. */
  readonly places: number
  readonly leaseSeconds: number
  /** A name for a worker, unlike all others of the run. */
  readonly newName: () => string
  readonly beginOf: (worker: string) => WorkerBegin
  readonly onLine: OnWorkerLine
}

interface ChildSeat extends Seat {
  readonly child: ChildProcess
  failure: string | undefined
  /** Resolves when it is gone. */
  left: Promise<void>
}

/** What a worker is given to end by itself. */
const endSeconds = 10

/** Carries records to child processes of this one, over the channels that Node makes between them; no server is needed. */
export class ChildProcesses implements CoordinatorTransport {
  readonly name = 'process'
  readonly #options: ChildProcessOptions
  readonly #seats: Seats<ChildSeat>
  readonly #concurrency: number
  #handlers: CoordinatorHandlers | undefined
  #isClosing = false

  constructor(options: ChildProcessOptions) {
    this.#options = options
    this.#concurrency = Math.ceil(options.places / options.count)
    this.#seats = new Seats({
      leaseSeconds: options.leaseSeconds,
      give: ({ child }, record) => child.send({ type: 'record', record } satisfies ToWorker, () => {}),
      isReachable: ({ child }) => child.connected,
    })
  }

  async open(handlers: CoordinatorHandlers): Promise<void> {
    this.#handlers = handlers
    this.#seats.open(handlers)
    handlers.places(this.#options.places)
    for (let index = 0; index < this.#options.count; index += 1) this.#start()
  }

  enqueue(record: QueuedRecord): void {
    this.#seats.enqueue(record)
  }

  async withdraw(): Promise<readonly string[]> {
    return this.#seats.withdraw()
  }

  tell(worker: string, message: ToWorker): void {
    const child = this.#seats.get(worker)?.child
    // Who is gone is told nothing; that it is gone is seen when it exits.
    if (child?.connected) child.send(message, () => {})
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#seats.close()
    await Promise.all(this.#seats.all().map((seat) => this.#end(seat)))
  }

  abandon(): void {
    this.#isClosing = true
    for (const { worker } of this.#seats.all()) this.tell(worker, { type: 'give-up' })
  }

  #start(): void {
    const worker = this.#options.newName()
    const { program, onLine } = this.#options
    const child = forkWorker(program, { nameOf: () => worker, onLine })
    const seat: ChildSeat = {
      ...newSeat(worker, this.#concurrency),
      child,
      failure: undefined,
      left: Promise.resolve(),
    }
    this.#seats.add(seat)
    child.on('message', (message: FromWorker) => this.#hear(seat, message))
    child.on('error', (error) => {
      seat.failure ??= error.message
    })
    // What it said last may still be on its way when it has exited: it is gone when both have come to their end.
    const exited = new Promise<Exit>((resolve) => child.on('close', (code, signal) => resolve({ code, signal })))
    const disconnected = new Promise<void>((resolve) => child.on('disconnect', resolve))
    seat.left = Promise.all([exited, disconnected]).then(([exit]) => this.#gone(seat, exit))
    this.tell(worker, { type: 'begin', begin: this.#options.beginOf(worker) })
  }

  #hear(seat: ChildSeat, message: FromWorker): void {
    if (message.type === 'failed') seat.failure = message.message
    this.#seats.hear(seat, message)
  }

  #gone(seat: ChildSeat, exit: Exit): void {
    const { worker, isReady } = seat
    const { code, signal } = exit
    this.#seats.delete(worker)
    const how = describeExit(exit)
    if (this.#isClosing) {
      this.#handlers?.gone(worker, signal === null && code === 0 ? undefined : how)
      return
    }
    if (!isReady) {
      // Another one would fail in the same way.
      const why = seat.failure ?? `it ${signal === null ? how : `was ${how}`} before it could begin`
      this.#handlers?.broken(new SygraError('run_failed', `worker ${worker} cannot begin: ${why}`))
      return
    }
    this.#handlers?.gone(worker, seat.failure ?? how)
    this.#start()
    this.#seats.handOut()
  }

  async #end(seat: ChildSeat): Promise<void> {
    const { child, worker } = seat
    this.tell(worker, { type: 'end' })
    const timer = setTimer(() => child.kill('SIGKILL'), endSeconds * 1000)
    await seat.left
    clearTimer(timer)
  }
}
