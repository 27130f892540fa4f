import type { Redis } from 'ioredis'

/** What a run says of itself where workers look for runs. */
export interface Announcement {
  readonly runId: string
  /** Another one each time the run is taken up. */
  readonly session: string
  readonly task: string
  readonly leaseSeconds: number
}

const runsKey = 'sygra:runs'
const runKey = (runId: string) => `sygra:run:${runId}`

/** Says, for as long as a lease lasts, that a run has records to be done. The clock is that of the Redis. */
export async function announce(redis: Redis, announcement: Announcement): Promise<void> {
  const { runId, leaseSeconds } = announcement
  const [seconds] = await redis.time()
  await Promise.all([
    redis.set(runKey(runId), JSON.stringify(announcement), 'PX', Math.ceil(leaseSeconds * 1000)),
    redis.zadd(runsKey, Number(seconds) + Math.ceil(leaseSeconds), runId),
    redis.zremrangebyscore(runsKey, '-inf', Number(seconds) - 1),
  ])
}

/** Takes that back. */
export async function withdraw(redis: Redis, { runId }: Announcement): Promise<void> {
  await redis.multi().zrem(runsKey, runId).del(runKey(runId)).exec()
}

/** The runs that have records to be done now. */
export async function announced(redis: Redis): Promise<readonly Announcement[]> {
  const ids = await redis.zrange(runsKey, '0', '-1')
  if (ids.length === 0) return []
  const texts = await redis.mget(ids.map(runKey))
  return texts.flatMap((text) => {
    const read = readAnnouncement(text)
    return read === undefined ? [] : [read]
  })
}

function readAnnouncement(text: string | null): Announcement | undefined {
  try {
    const { runId, session, task, leaseSeconds } = JSON.parse(text ?? '')
    const isOne = [runId, session, task].every((item) => typeof item === 'string') && typeof leaseSeconds === 'number'
    return isOne ? { runId, session, task, leaseSeconds } : undefined
  } catch {
    return undefined
  }
}
