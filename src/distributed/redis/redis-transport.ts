import { randomUUID } from 'node:crypto'
import { messageOf, SygraError } from '../../errors.ts'
import { monotonicSeconds, nowMs, pause, within } from '../../runtime/clock.ts'
import { packageVersion } from '../../runtime/environment.ts'
import { redactText } from '../../runtime/redact.ts'
import type { QueuedRecord, ToWorker, WorkerBegin } from '../messages.ts'
import { newSeat, type Seat, Seats } from '../seats.ts'
import { taskPlaceOf } from '../task-place.ts'
import type { CoordinatorHandlers, CoordinatorTransport } from '../transport.ts'
import { type Announcement, announce, withdraw } from './announcement.ts'
import { connectRedis, type RedisAddress, type RedisConnections } from './connect.ts'
import { Link, readFrame } from './link.ts'
import { mailboxes, post, readMailbox } from './mailbox.ts'
import type { CoordinatorSays, Hello, WorkerSays } from './words.ts'

export interface RedisTransportOptions {
  readonly address: RedisAddress
  readonly runId: string
  readonly task: string
  readonly leaseSeconds: number
  /** The most records in work at once; all that the workers offer when left out. */
  readonly mostPlaces: number | undefined
  /** Workers of an earlier coordinator that may have kept what they could not tell it. */
  readonly unsettled: Iterable<string>
  /** A name for a worker, unlike all others of the run. */
  readonly newName: () => string
  readonly beginOf: (worker: string) => WorkerBegin
  readonly onNotice: (message: string) => void
}

/** A worker that talks to us, from its first word on. */
interface Visitor {
  readonly link: Link<CoordinatorSays, WorkerSays>
  /** Undefined before it is one of the run's workers, and after it was one. */
  seat: RemoteSeat | undefined
  /** It has told everything: what it says while its process ends needs no answer. */
  hasTakenLeave: boolean
}

interface RemoteSeat extends Seat {
  readonly link: Visitor['link']
  readonly host: string
}

const endSeconds = 10
/** A Redis that is away must not keep a run from its end. */
const withdrawMs = 2_000
/** After so many leases of silence a worker is gone: it is taken for lost, should it come back. */
const leasesUntilGone = 3

/**
 * Carries records to workers on any machine. The Redis is where both meet and holds nothing that matters: what it loses is
 * sent again, what is allowed the coordinator decides, what is done stands on the coordinator's disk.
 */
export class RedisTransport implements CoordinatorTransport {
  readonly name = 'redis'
  readonly #options: RedisTransportOptions
  readonly #announcement: Announcement
  readonly #boxes: ReturnType<typeof mailboxes>
  readonly #visitors = new Map<string, Visitor>()
  readonly #seats: Seats<RemoteSeat>
  readonly #unsettled: Set<string>
  #redis: RedisConnections | undefined
  #handlers: CoordinatorHandlers | undefined
  #stopReading: (() => void) | undefined
  #heartbeat: NodeJS.Timeout | undefined
  #announcing: Promise<void> = Promise.resolve()
  #openedAt = 0
  #toldAt = 0

  constructor(options: RedisTransportOptions) {
    const { runId, task, leaseSeconds } = options
    this.#options = options
    this.#unsettled = new Set(options.unsettled)
    this.#announcement = { runId, session: randomUUID(), task, leaseSeconds }
    this.#boxes = mailboxes(runId, this.#announcement.session)
    this.#seats = new Seats({
      leaseSeconds,
      give: ({ link }, record) => void link.send({ type: 'record', record }).catch(() => {}),
      isReachable: () => true,
      onReady: () => this.#tellPlaces(),
    })
  }

  async open(handlers: CoordinatorHandlers): Promise<void> {
    const { address, leaseSeconds, onNotice } = this.#options
    this.#handlers = handlers
    const redis = await connectRedis(address, onNotice)
    this.#redis = redis
    this.#openedAt = monotonicSeconds()
    this.#seats.open(handlers)
    this.#stopReading = readMailbox(redis, this.#boxes.up, (bytes) => this.#receive(bytes)).stop
    redis.commands.on('ready', () => {
      for (const { link } of this.#visitors.values()) link.repeat()
    })
    await this.#announceFirst(redis)
    this.#heartbeat = setInterval(() => this.#beat(redis), (leaseSeconds * 1000) / 4).unref()
    onNotice(`Waiting for workers at ${address.text}; on each machine, where the task is: ${workerCommand(address)}`)
  }

  enqueue(record: QueuedRecord): void {
    this.#seats.enqueue(record)
  }

  async withdraw(): Promise<readonly string[]> {
    return this.#seats.withdraw()
  }

  tell(worker: string, message: ToWorker): void {
    if (message.type === 'begin') return
    void this.#seats
      .get(worker)
      ?.link.send(message)
      .catch(() => {})
  }

  async close(): Promise<void> {
    const redis = this.#redis
    if (redis === undefined) return
    await this.#awaitSettled()
    clearInterval(this.#heartbeat)
    this.#seats.close()
    // First: who has ended must not find the run again, be it by what was on its way.
    const withdrawn = this.#announcing.then(() => withdraw(redis.commands, this.#announcement)).catch(() => {})
    await within(withdrawn, withdrawMs)
    for (const { worker } of this.#seats.all()) this.tell(worker, { type: 'end' })
    const until = monotonicSeconds() + endSeconds
    while (this.#seats.all().some(({ isSilent }) => !isSilent) && monotonicSeconds() < until) await pause(20).over
    for (const seat of this.#seats.all()) this.#leave(seat, 'it did not answer at the end of the run')
    await Promise.all([...this.#visitors.values()].map(({ link }) => link.settled(500)))
    this.#stopReading?.()
    for (const { link } of this.#visitors.values()) link.close()
    redis.close()
  }

  // A process that exits can send nothing more: the workers find that nothing is heard of it.
  abandon(): void {
    for (const { worker } of this.#seats.all()) this.tell(worker, { type: 'give-up' })
  }

  async #announceFirst(redis: RedisConnections): Promise<void> {
    try {
      await announce(redis.commands, this.#announcement)
    } catch (error) {
      this.#stopReading?.()
      redis.close()
      const why = redactText(messageOf(error))
      throw new SygraError('bad_argument', `the Redis at ${this.#options.address.text} takes nothing: ${why}`, {
        cause: error,
      })
    }
  }

  #receive(bytes: Buffer): void {
    const frame = readFrame<WorkerSays>(bytes)
    if (frame === undefined) return
    if (frame.lost === undefined) {
      this.#visitorOf(frame.from).link.receive(frame)
      return
    }
    const seat = this.#visitors.get(frame.from)?.seat
    if (seat !== undefined) this.#leave(seat, frame.lost)
  }

  #visitorOf(from: string): Visitor {
    const known = this.#visitors.get(from)
    if (known !== undefined) return known
    const link: Visitor['link'] = new Link({
      from: 'coordinator',
      push: async (frames) => this.#redis && post(this.#redis, this.#boxes.down(from), frames),
      onMessage: (message) => this.#hear(visitor, message),
    })
    const visitor: Visitor = { link, seat: undefined, hasTakenLeave: false }
    this.#visitors.set(from, visitor)
    return visitor
  }

  #hear(visitor: Visitor, message: WorkerSays): void {
    if (message.type === 'hello') {
      this.#welcome(visitor, message)
      return
    }
    const { seat, link } = visitor
    if (message.type === 'settled') this.#unsettled.delete(message.worker)
    if (visitor.hasTakenLeave) return
    if (seat === undefined) {
      void link.send({ type: 'turned-away', reason: 'it was taken for lost', isRefused: false }).catch(() => {})
      return
    }
    if (message.type === 'failed') {
      this.#options.onNotice(`WARNING: ${seat.host} cannot do this task: ${message.message}`)
      this.#leave(seat)
      return
    }
    this.#seats.hear(seat, message)
    if (message.type === 'bye') {
      visitor.hasTakenLeave = true
      this.#leave(seat)
    } else if (seat.isLeaving && seat.inWork.size === 0) this.tell(seat.worker, { type: 'end' })
  }

  #welcome(visitor: Visitor, { environment, concurrency }: Hello): void {
    const { newName, beginOf, onNotice } = this.#options
    const host = environment.host ?? 'a worker'
    if (environment.sygraVersion !== packageVersion()) {
      const reason = `it has sygra ${environment.sygraVersion}, and the run ${packageVersion()}: all must have the same`
      onNotice(`WARNING: a worker on ${host} is refused: ${reason}`)
      void visitor.link.send({ type: 'turned-away', reason, isRefused: true }).catch(() => {})
      return
    }
    const worker = newName()
    const seat: RemoteSeat = { ...newSeat(worker, concurrency), link: visitor.link, host }
    visitor.seat = seat
    this.#seats.add(seat)
    const { ledgerPath: _ledgerPath, ...begin } = beginOf(worker)
    const place = taskPlaceOf(begin.task.directory)
    void visitor.link.send({ type: 'begin', begin, place, atMs: nowMs() }).catch(() => {})
  }

  /** A worker is gone for good. */
  #leave(seat: RemoteSeat, reason?: string): void {
    this.#seats.delete(seat.worker)
    for (const visitor of this.#visitors.values()) if (visitor.seat === seat) visitor.seat = undefined
    if (seat.isReady) this.#handlers?.gone(seat.worker, reason)
    this.#tellPlaces()
  }

  /** What an earlier coordinator was not told is a part of the account: its workers have a lease to tell it. */
  async #awaitSettled(): Promise<void> {
    const { leaseSeconds, onNotice } = this.#options
    const until = this.#openedAt + leaseSeconds
    if (this.#unsettled.size > 0 && monotonicSeconds() < until) {
      onNotice(
        `Waiting up to ${Math.ceil(leaseSeconds)} s for what earlier workers have kept: ${[...this.#unsettled].join(', ')}`,
      )
    }
    while (this.#unsettled.size > 0 && monotonicSeconds() < until) await pause(50).over
    if (this.#unsettled.size > 0) {
      onNotice(
        `WARNING: not heard again of ${[...this.#unsettled].join(', ')}: what they had in work when the run was killed may be missing; their machines keep it in .sygra/spool`,
      )
    }
  }

  #tellPlaces(): void {
    const { mostPlaces = Number.POSITIVE_INFINITY } = this.#options
    const offered = this.#seats.all().reduce((sum, { isReady, concurrency }) => sum + (isReady ? concurrency : 0), 0)
    this.#handlers?.places(Math.min(mostPlaces, offered))
  }

  #beat(redis: RedisConnections): void {
    const { leaseSeconds } = this.#options
    this.#announcing = announce(redis.commands, this.#announcement).catch(() => {})
    const now = monotonicSeconds()
    for (const seat of this.#seats.all()) {
      const silence = now - seat.heardAt
      // Who has not yet begun holds no record: it may be given up sooner.
      if (silence > leaseSeconds * (seat.isReady ? leasesUntilGone : 1)) {
        this.#leave(seat, `nothing was heard of it for ${Math.round(silence)} s`)
      } else this.tell(seat.worker, { type: 'alive' })
    }
    this.#tellOfWaiting(now)
  }

  #tellOfWaiting(now: number): void {
    const { onNotice, address } = this.#options
    const isAnyReady = this.#seats.all().some(({ isReady }) => isReady)
    const since = Math.max(this.#openedAt, this.#toldAt)
    if (isAnyReady) this.#toldAt = now
    else if (now - since >= 60) {
      this.#toldAt = now
      onNotice(`WARNING: no worker is there: start one with ${workerCommand(address)}`)
    }
  }
}

/** What starts a worker. A password stands in no command. */
function workerCommand({ url, text }: RedisAddress): string {
  return new URL(url).password === ''
    ? `\`sygra worker ${text}\``
    : '`sygra worker redis`, with SYGRA_REDIS_URL as the address and its password'
}
