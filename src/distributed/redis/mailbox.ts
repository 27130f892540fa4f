import { pause } from '../../runtime/clock.ts'
import type { RedisConnections } from './connect.ts'

/** Nothing that was left by a run that died stays for longer. */
const keptMs = 24 * 60 * 60 * 1000
const mostAtOnce = 500
const waitSeconds = 5
const retryMs = 200

/** Names of the lists through which the two ends of a run's session talk. */
export function mailboxes(runId: string, session: string) {
  const base = `sygra:${runId}:${session}`
  return { up: `${base}:up`, down: (worker: string) => `${base}:down:${worker}` }
}

/**
 * Puts frames into the list that somebody reads, as soon as the Redis takes them: one whose memory is full refuses for a while.
 *
 * @throws when the connections are closed before.
 */
export async function post(redis: RedisConnections, list: string, frames: readonly Buffer[]): Promise<void> {
  const { commands } = redis
  while (true) {
    try {
      await Promise.all([commands.rpush(list, ...frames), commands.pexpire(list, keptMs)])
      redis.tookOne()
      return
    } catch (error) {
      if (redis.isClosed) throw error
      redis.refusedOne(error)
      await pause(retryMs).over
    }
  }
}

/** Reads a list until it is told to stop. What is lost on the way is asked for again by who reads. */
export function readMailbox(
  { blocking }: Pick<RedisConnections, 'blocking'>,
  list: string,
  onBytes: (bytes: Buffer) => void,
): { stop(): void } {
  let isStopped = false
  // Nobody may be waiting for an answer when the connection ends: then there is none.
  const answered = <Answer>(asked: Promise<Answer>) => asked.catch(() => undefined)
  const askForNext = () => answered(blocking.blpopBuffer(list, waitSeconds))
  const read = async (): Promise<void> => {
    let next = askForNext()
    while (!isStopped) {
      const first = await next
      if (!first) {
        // The connection is made anew meanwhile.
        if (first === undefined && !isStopped) await pause(retryMs).over
        next = askForNext()
        continue
      }
      // What came together with it and what comes next are asked for in one write: writes are what reading costs.
      const { stream } = blocking
      stream.cork()
      const rest = answered(blocking.lpopBuffer(list, mostAtOnce))
      next = askForNext()
      stream.uncork()
      onBytes(first[1])
      for (const bytes of (await rest) ?? []) onBytes(bytes)
    }
  }
  void read()
  return {
    stop: () => {
      isStopped = true
    },
  }
}
