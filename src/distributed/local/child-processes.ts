import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { messageOf, SygraError } from '../../errors.ts'
import { clearTimer, monotonicSeconds, setSoon, setTimer } from '../../runtime/clock.ts'
import type { FromWorker, QueuedRecord, ToWorker, WorkerBegin } from '../messages.ts'
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
  /** Is given what a worker's own code prints. */
  readonly onLine: (line: string, from: { readonly worker: string; readonly stream: 'stdout' | 'stderr' }) => void
}

interface Seat {
  readonly worker: string
  readonly child: ChildProcess
  readonly inWork: Set<string>
  isReady: boolean
  isSilent: boolean
  /** It does a record that must be alone. */
  isTaken: boolean
  heardAt: number
  failure: string | undefined
  /** Resolves when it is gone. */
  left: Promise<void>
}

interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** What a worker is given to end by itself. */
const endSeconds = 10

/** Carries records to child processes of this one, over the channels that Node makes between them; no server is needed. */
export class ChildProcesses implements CoordinatorTransport {
  readonly name = 'process'
  readonly #options: ChildProcessOptions
  readonly #seats = new Map<string, Seat>()
  readonly #concurrency: number
  #queue: QueuedRecord[] = []
  #handlers: CoordinatorHandlers | undefined
  #watch: NodeJS.Timeout | undefined
  #isClosing = false

  constructor(options: ChildProcessOptions) {
    this.#options = options
    this.#concurrency = Math.ceil(options.places / options.count)
  }

  async open(handlers: CoordinatorHandlers): Promise<void> {
    this.#handlers = handlers
    handlers.places(this.#options.places)
    for (let index = 0; index < this.#options.count; index += 1) this.#start()
    this.#watch = setInterval(() => this.#findSilent(), (this.#options.leaseSeconds * 1000) / 4).unref()
  }

  enqueue(record: QueuedRecord): void {
    this.#queue.push(record)
    this.#handOut()
  }

  async withdraw(): Promise<readonly string[]> {
    const ids = this.#queue.map(({ id }) => id)
    this.#queue = []
    return ids
  }

  tell(worker: string, message: ToWorker): void {
    const child = this.#seats.get(worker)?.child
    // Who is gone is told nothing; that it is gone is seen when it exits.
    if (child?.connected) child.send(message, () => {})
  }

  async close(): Promise<void> {
    this.#isClosing = true
    clearInterval(this.#watch)
    await Promise.all([...this.#seats.values()].map((seat) => this.#end(seat)))
  }

  abandon(): void {
    this.#isClosing = true
    for (const worker of this.#seats.keys()) this.tell(worker, { type: 'give-up' })
  }

  #start(): void {
    const worker = this.#options.newName()
    const child = fork(this.#options.program, [], {
      // As this process, but for a port that only one can have.
      execArgv: process.execArgv.filter((argument) => !argument.startsWith('--inspect')),
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const seat: Seat = {
      worker,
      child,
      inWork: new Set(),
      isReady: false,
      isSilent: false,
      isTaken: false,
      heardAt: monotonicSeconds(),
      failure: undefined,
      left: Promise.resolve(),
    }
    this.#seats.set(worker, seat)
    for (const stream of ['stdout', 'stderr'] as const) {
      const input = child[stream]
      if (input !== null) {
        createInterface({ input }).on('line', (line) => this.#options.onLine(line, { worker, stream }))
      }
    }
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

  #hear(seat: Seat, message: FromWorker): void {
    const { worker } = seat
    seat.heardAt = monotonicSeconds()
    seat.isSilent = false
    if (message.type === 'failed') seat.failure = message.message
    if (message.type === 'ready') {
      seat.isReady = true
      this.#handlers?.joined(worker, { environment: message.environment, concurrency: this.#concurrency })
    } else this.#handlers?.heard(worker, message)
    if (message.type === 'done') {
      seat.inWork.delete(message.recordId)
      if (seat.inWork.size === 0) seat.isTaken = false
    }
    this.#handOut()
  }

  /** Gives each waiting record to the worker that has most room. */
  #handOut(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const { id, isAlone = false } = next
      const seat = this.#seatFor(isAlone)
      if (seat === undefined) return
      this.#queue.shift()
      seat.inWork.add(id)
      seat.isTaken = isAlone
      this.#handlers?.taken(seat.worker, id)
      this.#send(seat, next)
    }
  }

  #send(seat: Seat, record: QueuedRecord): void {
    try {
      seat.child.send({ type: 'record', record } satisfies ToWorker, () => {})
    } catch (error) {
      const message = `the record cannot be given to another process: ${messageOf(error)}`
      const outcome = { type: 'failure', message } as const
      const nothing = { durationSeconds: 0, costPicodollars: 0, errorType: 'bad_data' }
      // Not at once: who hands it out has not ended yet.
      setSoon(() => this.#hear(seat, { type: 'done', recordId: record.id, outcome, ...nothing }))
    }
  }

  #seatFor(isAlone: boolean): Seat | undefined {
    let best: Seat | undefined
    for (const seat of this.#seats.values()) {
      const most = isAlone ? 1 : this.#concurrency
      if (!seat.isReady || seat.isSilent || seat.isTaken || !seat.child.connected || seat.inWork.size >= most) continue
      if (best === undefined || seat.inWork.size < best.inWork.size) best = seat
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

  #gone(seat: Seat, { code, signal }: Exit): void {
    const { worker, isReady } = seat
    this.#seats.delete(worker)
    const how = signal === null ? `ended with exit code ${code}` : `killed by ${signal}`
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
    this.#handOut()
  }

  async #end(seat: Seat): Promise<void> {
    const { child, worker } = seat
    this.tell(worker, { type: 'end' })
    const timer = setTimer(() => child.kill('SIGKILL'), endSeconds * 1000)
    await seat.left
    clearTimer(timer)
  }
}
