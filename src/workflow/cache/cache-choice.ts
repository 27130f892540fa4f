import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { SygraError } from '../../errors.ts'
import { closedObject } from '../config/closed-object.ts'

/**
 * Whether answers are kept, and where: true for the folder of the user, a folder of one's own, or that with how much it may
 * hold.
 */
export type CacheChoice =
  | boolean
  | string
  | {
      readonly directory?: string
      /** When there is more, the oldest answers are removed; 1 GB by default. */
      readonly maxBytes?: number
    }

/** How much a folder of answers may hold, in bytes, where nothing else is said. */
export const defaultMaxBytes = 1_000_000_000

/** Where answers are kept, and how much of them. */
export interface CacheSettings {
  readonly directory: string
  readonly maxBytes: number
}

const sizePattern = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)?$/i
const unitBytes: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }

/** Reads a size: `500MB`, `2 GB`, or a number of bytes; undefined for what is none. */
export function readBytes(given: number | string): number | undefined {
  const [, amount, unit = 'B'] = sizePattern.exec(String(given).trim()) ?? []
  const bytes = Math.round(Number(amount) * (unitBytes[unit.toUpperCase()] ?? Number.NaN))
  return Number.isFinite(bytes) && bytes > 0 ? bytes : undefined
}

const size = z.union([z.number(), z.string()]).refine((given) => readBytes(given) !== undefined, {
  error: 'a size such as 500MB or 2GB',
})

/** `cache` of a task's configuration. */
export const cacheSchema = z.union(
  [
    z.boolean(),
    z.string().min(1),
    closedObject({
      directory: z.string().min(1).optional().describe('Relative to the task; the folder of the user by default.'),
      max_size: size.optional().describe('When there is more, the oldest answers are removed; 1GB by default.'),
    }),
  ],
  { error: 'true, a folder, or a map with "directory" and "max_size"' },
)

type CacheConfig = z.infer<typeof cacheSchema>

/** The folder that answers are kept in where none is named: `sygra/answers` below the folder that the system has for caches. */
export function userCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME: named = '', SYGRA_CACHE: own = '' } = environment
  if (own !== '') return resolve(own)
  return join(named === '' ? join(homedir(), '.cache') : named, 'sygra', 'answers')
}

/**
 * Where a run keeps answers; undefined where it keeps none. An option of the run goes before what the task says.
 *
 * @param directory of the task, to which its own folder is relative.
 * @throws SygraError `bad_argument` for an option that is none.
 */
export function cacheSettingsOf(
  choice: CacheChoice | undefined,
  { config, directory }: { readonly config: CacheConfig | undefined; readonly directory: string },
): CacheSettings | undefined {
  return choice === undefined ? settingsOfConfig(config, directory) : settingsOfChoice(choice)
}

function settingsOfChoice(choice: CacheChoice): CacheSettings | undefined {
  if (choice === false) return undefined
  if (choice === true) return settings(undefined)
  if (typeof choice === 'string' && choice !== '') return settings(resolve(choice))
  if (typeof choice === 'object' && choice !== null) {
    const { directory, maxBytes } = choice
    if (maxBytes !== undefined && !(maxBytes > 0)) {
      throw new SygraError('bad_argument', `cache.maxBytes: found ${String(maxBytes)}; expected bytes, more than 0`)
    }
    return settings(directory && resolve(directory), maxBytes)
  }
  throw new SygraError(
    'bad_argument',
    `cache: found ${JSON.stringify(choice)}; expected true, a folder, or { directory, maxBytes }`,
  )
}

function settingsOfConfig(config: CacheConfig | undefined, directory: string): CacheSettings | undefined {
  if (config === undefined || config === false) return undefined
  if (config === true) return settings(undefined)
  if (typeof config === 'string') return settings(resolve(directory, config))
  const { directory: own, max_size: maxSize } = config
  return settings(own && resolve(directory, own), maxSize === undefined ? undefined : readBytes(maxSize))
}

function settings(directory: string | undefined, maxBytes = defaultMaxBytes): CacheSettings {
  return { directory: directory ?? userCacheDirectory(), maxBytes }
}
