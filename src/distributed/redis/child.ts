import { randomUUID } from 'node:crypto'
import { messageOf } from '../../errors.ts'
import { goByOtherClock, monotonicMs, monotonicSeconds, nowMs, within } from '../../runtime/clock.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { redactText } from '../../runtime/redact.ts'
import { directoryAt } from '../task-place.ts'
import { doRecords } from '../worker/do-records.ts'
import { Hearing } from '../worker/hearing.ts'
import { connectRedis, type RedisConnections } from './connect.ts'
import { Link, readFrame } from './link.ts'
import { mailboxes, post, readMailbox } from './mailbox.ts'
import { SpoolDelivery, spoolPathOf } from './spool-file.ts'
import type { CoordinatorSays, RemoteBegin, WorkerSays } from './words.ts'
import { type ChildEnds, exitCodes, type FromHost, type ToHost } from './worker-words.ts'

type Join = Extract<FromHost, { readonly type: 'join' }>

/** What is kept is to be told before the process goes, as far as somebody takes it. */
const deliverMs = 5_000
const lastWordMs = 2_000
/** Clocks of machines that are kept right differ by less. */
const leastClockErrorMs = 1_000

/** Does records of one session of one run, for the process that has started this one. */
class RemoteWorker {
  readonly #join: Join
  readonly #hearing = new Hearing()
  readonly #link: Link<WorkerSays, CoordinatorSays>
  readonly #delivery = new SpoolDelivery((lines) => this.#say(lines))
  readonly #stops: (() => void)[] = []
  #begun: ((begin: RemoteBegin | undefined) => void) | undefined
  #heardAt = monotonicSeconds()
  #ends: ChildEnds | undefined

  constructor(join: Join, { from, redis }: { readonly from: string; readonly redis: RedisConnections }) {
    this.#join = join
    const { runId, session, leaseSeconds } = join.announcement
    const boxes = mailboxes(runId, session)
    this.#link = new Link({
      from,
      push: (frames) => post(redis, boxes.up, frames),
      onMessage: (message) => this.#hear(message),
    })
    const reading = readMailbox(redis, boxes.down(from), (bytes) => {
      const frame = readFrame<CoordinatorSays>(bytes)
      if (frame === undefined) return
      this.#heardAt = monotonicSeconds()
      this.#link.receive(frame)
    })
    redis.commands.on('ready', () => this.#link.repeat())
    const heartbeat = setInterval(() => this.#beat(), (leaseSeconds * 1000) / 4)
    this.#stops.push(
      () => clearInterval(heartbeat),
      () => reading.stop(),
      () => this.#link.close(),
      () => redis.close(),
    )
  }

  async work(): Promise<ChildEnds> {
    const { concurrency } = this.#join
    const helloAtMs = monotonicMs()
    try {
      const begin = await new Promise<RemoteBegin | undefined>((resolve) => {
        this.#begun = resolve
        this.#say({ type: 'hello', environment: readEnvironment(), concurrency })
      })
      if (begin !== undefined) {
        goByClockOf(begin, monotonicMs() - helloAtMs)
        await this.#workOn(begin)
      }
    } catch (error) {
      const message = redactText(messageOf(error))
      this.#say({ type: 'failed', message })
      tellHost({ type: 'refused', reason: message })
      this.#ends = 'refused'
    }
    if (this.#ends !== 'alone') await this.#link.settled(lastWordMs)
    for (const stop of this.#stops) stop()
    return this.#ends ?? 'over'
  }

  /** Takes what the process says that has started this one. */
  hearHost(message: FromHost): void {
    switch (message.type) {
      case 'join':
        break
      case 'leave':
        this.#say({ type: 'leaving' })
        break
      case 'stop':
        this.#hearing.hear({ type: 'give-up' })
        this.#say({ type: 'leaving' })
        break
      case 'coordinator-gone':
        this.#gone('alone')
        break
      case 'deliver':
        this.#delivery.deliver(message.path).then(
          (worker) => this.#say({ type: 'settled', worker }),
          (error: unknown) => tellHost({ type: 'notice', message: redactText(messageOf(error)) }),
        )
        break
      case 'nothing-kept':
        this.#say({ type: 'settled', worker: message.worker })
        break
      default:
        message satisfies never
    }
  }

  async #workOn({ begin, place }: RemoteBegin): Promise<void> {
    const { announcement, spool } = this.#join
    tellHost({ type: 'named', worker: begin.worker })
    const task = { ...begin.task, directory: directoryAt(place) }
    const ledgerPath = spoolPathOf(spool, { runId: announcement.runId, worker: begin.worker })
    const { onMessage, onGone } = this.#hearing
    const { ended } = await doRecords(
      { ...begin, task, ledgerPath },
      { send: (message) => this.#link.send(message), onMessage, onGone, close: () => this.#link.close() },
    )
    tellHost({ type: 'begun' })
    await ended
    await within(this.#delivery.done(), deliverMs)
  }

  #hear(message: CoordinatorSays): void {
    if (message.type === 'begin') this.#begun?.(message)
    else if (message.type === 'turned-away') {
      if (message.isRefused) tellHost({ type: 'refused', reason: message.reason })
      this.#gone(message.isRefused ? 'refused' : 'alone')
    } else if (message.type === 'spool-kept') this.#delivery.kept(message.number)
    else this.#hearing.hear(message)
  }

  /** The coordinator is gone, or does not want us. */
  #gone(how: ChildEnds): void {
    this.#ends ??= how
    this.#begun?.(undefined)
    this.#hearing.gone()
    // What waits for a Redis that does not come back must not keep the rest from the spool.
    if (this.#ends === 'alone') this.#link.close()
  }

  #beat(): void {
    if (monotonicSeconds() - this.#heardAt > this.#join.announcement.leaseSeconds) this.#gone('alone')
    else this.#say({ type: 'alive' })
  }

  #say(message: WorkerSays): void {
    // Who is gone hears nothing: what matters then is in the spool.
    void this.#link.send(message).catch(() => {})
  }
}

/** When requests were sent is a part of the account, and of their price: a machine whose clock is wrong goes by the coordinator's. */
function goByClockOf({ atMs }: RemoteBegin, wayMs: number): void {
  const aheadMs = atMs + wayMs / 2 - nowMs()
  // Less than that may be the way of the words.
  if (Math.abs(aheadMs) < Math.max(leastClockErrorMs, wayMs)) return
  goByOtherClock(aheadMs)
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  const message = `WARNING: the clock here is ${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} the coordinator's, by which times are told`
  tellHost({ type: 'notice', message })
}

function tellHost(message: ToHost): void {
  if (process.connected) process.send?.(message, () => {})
}

/** Makes this process do what the one that has started it says, until there is nothing to do any more. */
function workForHost(): void {
  let worker: RemoteWorker | undefined
  // A terminal sends these to every process: what they mean the host decides.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  process.on('disconnect', () => {
    // Nobody is there any more who would start another one: what is in work is finished.
    if (worker === undefined) process.exit(0)
    worker.hearHost({ type: 'leave' })
  })
  process.on('message', (message: FromHost) => {
    if (message.type === 'join') void begin(message)
    else worker?.hearHost(message)
  })

  async function begin(join: Join): Promise<void> {
    const from = randomUUID()
    tellHost({ type: 'from', from })
    try {
      const redis = await connectRedis(join.address, (message) => tellHost({ type: 'notice', message }))
      worker = new RemoteWorker(join, { from, redis })
      process.exit(exitCodes[await worker.work()])
    } catch (error) {
      tellHost({ type: 'notice', message: redactText(messageOf(error)) })
      process.exit(1)
    }
  }
}

workForHost()
