import type { ChildProcess } from 'node:child_process'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, SygraError } from '../errors.ts'
import { clearTimer, setTimer } from '../runtime/clock.ts'
import { describeExit, type Exit, forkWorker, type OnWorkerLine, printLine } from './fork-worker.ts'
import { type Announcement, announced } from './redis/announcement.ts'
import { connectRedis, type RedisAddress, type RedisConnections, redisAddress } from './redis/connect.ts'
import { lossOf } from './redis/link.ts'
import { mailboxes, post } from './redis/mailbox.ts'
import { spoolsOf } from './redis/spool-file.ts'
import { exitCodes, type FromHost, type ToHost } from './redis/worker-words.ts'

/** How a worker waits for runs. */
export interface WorkerOptions {
  /** Where the Redis is: `redis://HOST:PORT`, `rediss://` for TLS, or `redis` for what SYGRA_REDIS_URL says. */
  readonly redis: string
  /** How many records it does at once, for each run; 25 by default. */
  readonly concurrency?: number
  /** Where lines are kept that no coordinator can be told; `.sygra/spool` by default. */
  readonly spool?: string
  /** How long what is in work may take when it is stopped, in seconds; 30 by default. */
  readonly graceSeconds?: number
  /** Told what happens, a sentence at a time; printed on the standard error by default. */
  readonly onNotice?: (message: string) => void
  /** Called with each line that the code of a task prints; printed with the name of the worker by default. */
  readonly onLine?: OnWorkerLine
}

/** A worker that waits for runs. */
export interface Worker {
  /** Takes nothing more, finishes what is in work within the grace, and ends. A second call gives up what is in work. */
  readonly stop: () => Promise<void>
}

/** A process that does records of one session of one run. */
interface Job {
  readonly announcement: Announcement
  readonly child: ChildProcess
  readonly delivering: Set<string>
  from: string
  worker: string
  hasBegun: boolean
  readonly ended: Promise<void>
}

const lookMs = 500
const defaultConcurrency = 25
const defaultGraceSeconds = 30
/** After the grace: what a process is given to end by itself. */
const endSeconds = 10
/** So many processes that end before they can begin are enough for one session of a run. */
const mostCrashes = 3
// As seen from here and from the folder of chunks, which is as deep.
const childPath = () => fileURLToPath(new URL('../distributed/redis/child.js', import.meta.url))

/**
 * Waits at a Redis for runs of tasks that this machine has, and does records of each in a process of its own, so that every
 * run has the code that lies here then.
 *
 * @throws SygraError `bad_argument` when the Redis cannot be reached, `missing_package` without `ioredis`.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { concurrency = defaultConcurrency, onNotice = printNotice } = options
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new SygraError('bad_argument', `concurrency: expected a whole number, 1 or more; found ${concurrency}`)
  }
  const address = redisAddress(options.redis)
  const redis = await connectRedis(address, onNotice)
  const host = new WorkerHost({ ...options, concurrency, onNotice }, { address, redis })
  return { stop: () => host.stop() }
}

interface HostOptions extends WorkerOptions {
  readonly concurrency: number
  readonly onNotice: (message: string) => void
}

/** Looks for runs, and has a process for each that it does records of. */
class WorkerHost {
  readonly #options: HostOptions
  readonly #address: RedisAddress
  readonly #redis: RedisConnections
  readonly #spool: string
  readonly #jobs = new Map<string, Job>()
  /** Sessions in which this machine takes no part any more. */
  readonly #over = new Set<string>()
  readonly #crashes = new Map<string, number>()
  /** Workers of a run whose coordinator was gone, until the next one has been told what they kept. */
  readonly #unsettled = new Map<string, Set<string>>()
  readonly #timer: NodeJS.Timeout
  #stopping: Promise<void> | undefined
  #isLooking = false

  constructor(
    options: HostOptions,
    { address, redis }: { readonly address: RedisAddress; readonly redis: RedisConnections },
  ) {
    this.#options = options
    this.#address = address
    this.#redis = redis
    this.#spool = resolve(options.spool ?? join('.sygra', 'spool'))
    this.#timer = setInterval(() => void this.#look(), lookMs)
    void this.#look()
  }

  stop(): Promise<void> {
    if (this.#stopping !== undefined) {
      for (const job of this.#jobs.values()) tell(job, { type: 'stop' })
      return this.#stopping
    }
    clearInterval(this.#timer)
    this.#stopping = this.#end()
    return this.#stopping
  }

  async #end(): Promise<void> {
    const { graceSeconds = defaultGraceSeconds } = this.#options
    const jobs = [...this.#jobs.values()]
    for (const job of jobs) tell(job, { type: 'leave' })
    const giveUp = setTimer(() => {
      for (const job of jobs) tell(job, { type: 'stop' })
    }, graceSeconds * 1000)
    const kill = setTimer(
      () => {
        for (const { child } of jobs) child.kill('SIGKILL')
      },
      (graceSeconds + endSeconds) * 1000,
    )
    await Promise.all(jobs.map(({ ended }) => ended))
    clearTimer(giveUp)
    clearTimer(kill)
    this.#redis.close()
  }

  async #look(): Promise<void> {
    if (this.#isLooking || this.#stopping !== undefined) return
    this.#isLooking = true
    try {
      for (const announcement of await announced(this.#redis.commands)) this.#see(announcement)
    } catch {
      // The connection is made anew meanwhile.
    } finally {
      this.#isLooking = false
    }
  }

  #see(announcement: Announcement): void {
    const { runId, session } = announcement
    const job = this.#jobs.get(runId)
    if (job === undefined) {
      if (!this.#over.has(session) && this.#stopping === undefined) this.#start(announcement)
      return
    }
    // The run was taken up again: who it was for is gone.
    if (job.announcement.session !== session) tell(job, { type: 'coordinator-gone' })
    else if (job.hasBegun) this.#deliver(job)
  }

  /** What was kept while a coordinator was gone is told to the one that has come. */
  #deliver(job: Job): void {
    const { runId } = job.announcement
    const paths = spoolsOf(this.#spool, runId).filter((path) => !path.endsWith(`.${job.worker}.jsonl`))
    for (const path of paths) {
      if (job.delivering.has(path)) continue
      job.delivering.add(path)
      tell(job, { type: 'deliver', path })
    }
    for (const worker of this.#unsettled.get(runId) ?? []) {
      if (!paths.some((path) => path.endsWith(`.${worker}.jsonl`))) tell(job, { type: 'nothing-kept', worker })
    }
    this.#unsettled.delete(runId)
  }

  #start(announcement: Announcement): void {
    const { runId, task } = announcement
    const { onNotice, concurrency, onLine = printLine } = this.#options
    const child = forkWorker(childPath(), { nameOf: () => job.worker, onLine })
    let failure: string | undefined
    const ended = new Promise<void>((done) => {
      child.on('close', (code, signal) => {
        this.#jobs.delete(runId)
        this.#ended(job, { code, signal }, failure)
        done()
      })
    })
    const job: Job = {
      announcement,
      child,
      delivering: new Set(),
      from: '',
      worker: 'worker',
      hasBegun: false,
      ended,
    }
    this.#jobs.set(runId, job)
    child.on('error', (error) => {
      failure = messageOf(error)
    })
    child.on('message', (message: ToHost) => {
      switch (message.type) {
        case 'from':
          job.from = message.from
          break
        case 'named':
          job.worker = message.worker
          break
        case 'begun':
          job.hasBegun = true
          onNotice(`${job.worker}: does records of ${task}, run ${runId}, ${concurrency} at once`)
          this.#deliver(job)
          break
        case 'refused':
          onNotice(`WARNING: no records of ${task}, run ${runId}, are done here: ${message.reason}`)
          break
        case 'notice':
          onNotice(message.message)
          break
        default:
          message satisfies never
      }
    })
    tell(job, { type: 'join', address: this.#address, announcement, concurrency, spool: this.#spool })
  }

  #ended(job: Job, exit: Exit, failure: string | undefined): void {
    const { announcement, worker, from } = job
    const { session, task, runId } = announcement
    const { onNotice } = this.#options
    const { code } = exit
    if (code === exitCodes.over) {
      this.#over.add(session)
      const how = this.#stopping === undefined ? 'nothing more to do for' : 'has finished what it had of'
      onNotice(`${worker}: ${how} ${task}, run ${runId}`)
    } else if (code === exitCodes.refused) this.#over.add(session)
    else if (code === exitCodes.alone) {
      this.#unsettled.set(runId, (this.#unsettled.get(runId) ?? new Set()).add(worker))
      onNotice(
        `${worker}: the coordinator of ${task}, run ${runId}, is gone; what was in work is kept in ${this.#spool}`,
      )
    } else {
      const how = failure ?? describeExit(exit)
      onNotice(`WARNING: ${worker}: ${how}`)
      this.#tellLoss(announcement, lossOf(from, how))
      if (job.hasBegun) return
      const crashes = (this.#crashes.get(session) ?? 0) + 1
      this.#crashes.set(session, crashes)
      if (crashes < mostCrashes) return
      this.#over.add(session)
      onNotice(
        `WARNING: no more records of ${task}, run ${runId}, are done here: ${crashes} processes have ended before they could begin`,
      )
    }
  }

  // So that its records need not wait until nothing was heard of it for long.
  #tellLoss({ runId, session }: Announcement, loss: Buffer): void {
    void post(this.#redis, mailboxes(runId, session).up, [loss]).catch(() => {})
  }
}

function tell({ child }: Job, message: FromHost): void {
  if (child.connected) child.send(message, () => {})
}

function printNotice(message: string): void {
  process.stderr.write(`${message}\n`)
}
