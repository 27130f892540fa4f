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
  { commands, blocking }: RedisConnections,
  list: string,
  onBytes: (bytes: Buffer) => void,
): { stop(): void } {
  let isStopped = false
  const read = async (): Promise<void> => {
    while (!isStopped) {
      try {
        const first = await blocking.blpopBuffer(list, waitSeconds)
        if (first === null) continue
        onBytes(first[1])
        for (let more = await commands.lpopBuffer(list, mostAtOnce); more !== null; ) {
          for (const bytes of more) onBytes(bytes)
          more = more.length < mostAtOnce ? null : await commands.lpopBuffer(list, mostAtOnce)
        }
      } catch {
        // The connection is made anew meanwhile.
        if (!isStopped) await pause(retryMs).over
      }
    }
  }
  void read()
  return {
    stop: () => {
      isStopped = true
    },
  }
}
