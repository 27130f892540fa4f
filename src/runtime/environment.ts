import { hostname } from 'node:os'
import type { Environment } from '../metadata/event.ts'
import { packageVersion } from './package-version.ts'

/** Versions, host and process, for the `execution` block of the file. */
export function readEnvironment(): Environment {
  return {
    nodeVersion: process.version,
    sygraVersion: packageVersion(),
    host: hostname(),
    pid: process.pid,
  }
}
