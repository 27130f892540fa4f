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

/**
 * The version in this package's own package.json, which stands two folders above in `src` and in `dist`; "unknown" in a bundle,
 * which has left it behind.
 */
export function packageVersion(): string {
  known.version ??= readVersion()
  return known.version
}

/** Asked for with each span and each measurement. */
const known: { version?: string } = {}

function readVersion(): string {
  const { name, version } = readPackage()
  return name === 'sygra' && typeof version === 'string' ? version : 'unknown'
}

function readPackage(): { readonly name?: unknown; readonly version?: unknown } {
  try {
    const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}
