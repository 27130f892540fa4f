import { randomUUID } from 'node:crypto'
import { messageOf } from '../../errors.ts'
import { clearTimer, monotonicSeconds, setTimer } from '../../runtime/clock.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { redactText } from '../../runtime/redact.ts'
import type { FromWorker, ToWorker } from '../messages.ts'
import { directoryAt } from '../task-place.ts'
import type { WorkerChannel } from '../transport.ts'
import { doRecords } from '../worker/do-records.ts'
import { connectRedis } from './connect.ts'
import { Link, readFrame } from './link.ts'
import { mailboxes, post, readMailbox } from './mailbox.ts'
import { deliverSpool, spoolPathOf } from './spool-file.ts'
import type { CoordinatorSays, RemoteBegin, WorkerSays } from './words.ts'
import { type ChildEnds, exitCodes, type FromHost, type ToHost } from './worker-words.ts'

/** Does records of one session of one run, for the process that has started this one. */
async function workFor(
  { address, announcement, concurrency, spool }: Extract<FromHost, { type: 'join' }>,
  hearHost: (listener: (message: FromHost) => void) => void,
): Promise<ChildEnds> {
  const { runId, session, leaseSeconds } = announcement
  const from = randomUUID()
  tellHost({ type: 'from', from })
  const redis = await connectRedis(address, (message) => tellHost({ type: 'notice', message }))
  const boxes = mailboxes(runId, session)
  const listeners = new Set<(message: ToWorker) => void>()
  const goneListeners = new Set<() => void>()
  let early: ToWorker[] = []
  let heardAt = monotonicSeconds()
  let ends: ChildEnds | undefined
  let begun: ((begin: RemoteBegin | undefined) => void) | undefined
  const beginning = new Promise<RemoteBegin | undefined>((resolve) => {
    begun = resolve
  })

  const link = new Link<WorkerSays, CoordinatorSays>({
    from,
    push: (frames) => post(redis, boxes.up, frames),
    onMessage: (message) => {
      heardAt = monotonicSeconds()
      if (message.type === 'begin') begun?.(message)
      else if (message.type === 'turned-away') {
        if (message.isRefused) tellHost({ type: 'refused', reason: message.reason })
        gone(message.isRefused ? 'refused' : 'alone')
      } else if (message.type === 'spool-kept') spoolKept(message.number)
      else hearLocally(message)
    },
  })
  const hearLocally = (message: ToWorker) => {
    if (listeners.size === 0) early.push(message)
    for (const listener of listeners) listener(message)
  }
  /** The coordinator is gone, or does not want us. */
  const gone = (how: ChildEnds) => {
    if (ends !== undefined) return
    ends = how
    begun?.(undefined)
    for (const listener of goneListeners) listener()
  }

  let spoolNumber = 0
  const spoolWaiting = new Map<number, () => void>()
  const spoolKept = (number: number) => {
    spoolWaiting.get(number)?.()
    spoolWaiting.delete(number)
  }
  const deliveries = new Set<Promise<void>>()
  const settled = (worker: string) => void link.send({ type: 'settled', worker }).catch(() => {})
  const deliver = (path: string) => {
    const delivery = deliverSpool(path, ({ worker, text }) => {
      spoolNumber += 1
      const number = spoolNumber
      void link.send({ type: 'spooled', number, worker, text }).catch(() => {})
      return new Promise((resolve) => spoolWaiting.set(number, resolve))
    })
      .then(settled)
      .finally(() => deliveries.delete(delivery))
    deliveries.add(delivery)
  }

  const reading = readMailbox(redis, boxes.down(from), (bytes) => {
    const frame = readFrame<CoordinatorSays>(bytes)
    if (frame === undefined) return
    heardAt = monotonicSeconds()
    link.receive(frame)
  })
  redis.commands.on('ready', () => link.repeat())
  const watch = setInterval(
    () => {
      if (monotonicSeconds() - heardAt > leaseSeconds) gone('alone')
      else void link.send({ type: 'alive' }).catch(() => {})
    },
    (leaseSeconds * 1000) / 4,
  )

  const channel: WorkerChannel = {
    send: (message: FromWorker) => link.send(message),
    onMessage: (listener) => {
      listeners.add(listener)
      for (const message of early) listener(message)
      early = []
    },
    onGone: (listener) => {
      goneListeners.add(listener)
      if (ends !== undefined) listener()
    },
    close: () => link.close(),
  }
  hearHost((message) => {
    if (message.type === 'leave') void link.send({ type: 'leaving' }).catch(() => {})
    else if (message.type === 'stop') {
      hearLocally({ type: 'give-up' })
      void link.send({ type: 'leaving' }).catch(() => {})
    } else if (message.type === 'coordinator-gone') gone('alone')
    else if (message.type === 'deliver') deliver(message.path)
    else if (message.type === 'nothing-kept') settled(message.worker)
  })

  try {
    void link.send({ type: 'hello', environment: readEnvironment(), concurrency }).catch(() => {})
    const told = await beginning
    if (told === undefined) return ends ?? 'alone'
    const { begin, place } = told
    tellHost({ type: 'named', worker: begin.worker })
    const task = { ...begin.task, directory: directoryAt(place) }
    const ledgerPath = spoolPathOf(spool, { runId, worker: begin.worker })
    const { ended } = await doRecords({ ...begin, task, ledgerPath }, channel)
    tellHost({ type: 'begun' })
    await ended
    await inTime(Promise.all(deliveries))
  } catch (error) {
    const message = redactText(messageOf(error))
    await link.send({ type: 'failed', message }).catch(() => {})
    tellHost({ type: 'refused', reason: message })
    ends = 'refused'
  }
  clearInterval(watch)
  if (ends !== 'alone') await link.settled(2_000)
  reading.stop()
  link.close()
  redis.close()
  return ends ?? 'over'
}

function tellHost(message: ToHost): void {
  if (process.connected) process.send?.(message, () => {})
}

async function inTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimer(resolve, 5_000)
  })
  await Promise.race([work, over])
  clearTimer(timer)
}

/** Makes this process do what the one that has started it says, until there is nothing to do any more. */
function workForHost(): void {
  const listeners = new Set<(message: FromHost) => void>()
  const hearHost = (listener: (message: FromHost) => void) => void listeners.add(listener)
  // A terminal sends these to every process: what they mean the host decides.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  process.on('disconnect', () => {
    // Nobody is there any more who would start another one: what is in work is finished.
    for (const listener of listeners) listener({ type: 'leave' })
    if (listeners.size === 0) process.exit(0)
  })
  process.on('message', (message: FromHost) => {
    for (const listener of listeners) listener(message)
    if (message.type !== 'join') return
    workFor(message, hearHost).then(
      (ends) => process.exit(exitCodes[ends]),
      (error: unknown) => {
        tellHost({ type: 'notice', message: redactText(messageOf(error)) })
        process.exit(1)
      },
    )
  })
}

workForHost()
