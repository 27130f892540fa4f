import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Environment } from '../metadata/event.ts'
import { URL } from '../platform.ts'

/** Versions, host and process, for the `execution` block of the file. */
export function readEnvironment(): Environment {
  return {
    nodeVersion: process.version,
    sygraVersion: packageVersion(),
    host: hostname(),
    pid: process.pid,
  }
}

/** The version in this package's own package.json, which stands two folders above in `src` and in `dist`. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const parsed: unknown = JSON.parse(text)
  const hasVersion = typeof parsed === 'object' && parsed !== null && 'version' in parsed
  return hasVersion && typeof parsed.version === 'string' ? parsed.version : 'unknown'
}
