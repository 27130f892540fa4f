import type { Redis } from 'ioredis'
import { messageOf, SygraError } from '../../errors.ts'
import { certificateProblem } from '../../metadata/events/certificate-codes.ts'
import { redactText, rememberSecret } from '../../runtime/redact.ts'
import { settingOf } from '../../runtime/settings.ts'

/** Where a Redis is: its URL with what it needs to be let in, and as it may be written. */
export interface RedisAddress {
  readonly url: string
  readonly text: string
}

/** Connections to one Redis. */
export interface RedisConnections {
  readonly commands: Redis
  /** For commands that block, which would keep others waiting. */
  readonly blocking: Redis
  readonly isClosed: boolean
  /** It has refused what it was given, as one whose memory is full does: told the first time. */
  refusedOne(error: unknown): void
  /** It has taken what it was given. */
  tookOne(): void
  close(): void
}

const urlSetting = 'SYGRA_REDIS_URL'

/** A connection on which nothing came for so long after a command is dead: every read of ours ends within 5 s. */
const deadMs = 15_000

/**
 * Reads where a Redis is: `redis://` or `rediss://` (TLS), or `redis` for what SYGRA_REDIS_URL says, so that a password need
 * not stand in a command.
 *
 * @throws SygraError `bad_argument`
 */
export function redisAddress(given: string): RedisAddress {
  const url = given === 'redis' ? (settingOf(urlSetting) ?? '') : given
  if (url === '') throw new SygraError('bad_argument', `${urlSetting} is not set: the address of the Redis is missing`)
  const where = given === 'redis' ? urlSetting : 'the address of the Redis'
  const expected = `${where}: expected redis://HOST:PORT, or rediss:// for TLS; found ${redactText(url)}`
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch (error) {
    throw new SygraError('bad_argument', expected, { cause: error })
  }
  if (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') throw new SygraError('bad_argument', expected)
  rememberSecret(parsed.password)
  rememberSecret(decodeURIComponent(parsed.password))
  const path = parsed.pathname === '/' ? '' : parsed.pathname
  return { url, text: `${parsed.protocol}//${parsed.host}${path}` }
}

/**
 * Connects to a Redis. A connection that is lost later is made anew for as long as it takes; what was to be sent waits.
 *
 * @throws SygraError `missing_package`, or `bad_argument` when it cannot be reached now.
 */
export async function connectRedis(
  { url, text }: RedisAddress,
  onNotice: (message: string) => void,
): Promise<RedisConnections> {
  const { Redis } = await loadClient()
  const options = {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    enableAutoPipelining: true,
    connectionName: 'sygra',
    retryStrategy: (tries: number) => Math.min(tries * 100, 2_000),
    socketTimeout: deadMs,
  }
  const commands = new Redis(url, options)
  const blocking = new Redis(url, { ...options, enableAutoPipelining: false })
  let isClosed = false
  const close = () => {
    isClosed = true
    commands.disconnect()
    blocking.disconnect()
  }
  let lastProblem = 'no answer'
  for (const redis of [commands, blocking]) {
    redis.on('error', (error: unknown) => {
      lastProblem = problemOf(error) || lastProblem
    })
  }
  try {
    await Promise.all([commands.connect(), blocking.connect()])
  } catch (error) {
    close()
    const why = redactText(messageOf(error) === 'Connection is closed.' ? lastProblem : problemOf(error))
    throw new SygraError('bad_argument', `the Redis at ${text} cannot be reached: ${why}`, { cause: error })
  }
  const outages = outageNotices(text, onNotice)
  commands.on('reconnecting', () => outages.begin('is away', lastProblem))
  commands.on('ready', () => outages.end('is away'))
  return {
    commands,
    blocking,
    get isClosed() {
      return isClosed
    },
    refusedOne: (error) => outages.begin('takes nothing', messageOf(error)),
    tookOne: () => outages.end('takes nothing'),
    close,
  }
}

/** The text of an error, and what can be done about a certificate. */
function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return certificateProblem(code, 'NODE_EXTRA_CA_CERTS') ?? messageOf(error)
}

type Outage = 'is away' | 'takes nothing'

/** Tells once that a Redis is of no use at the moment, and once that it is again. */
function outageNotices(text: string, onNotice: (message: string) => void) {
  let current: Outage | undefined
  return {
    begin: (outage: Outage, why: string) => {
      if (current === undefined)
        onNotice(`WARNING: the Redis at ${text} ${outage} (${redactText(why)}): waiting for it`)
      current ??= outage
    },
    end: (outage: Outage) => {
      if (current !== outage) return
      current = undefined
      onNotice(`The Redis at ${text} is back`)
    },
  }
}

async function loadClient() {
  try {
    return await import('ioredis')
  } catch (error) {
    throw new SygraError(
      'missing_package',
      'workers over Redis need the package ioredis; install it with npm install ioredis',
      { cause: error },
    )
  }
}
