import { hostname } from 'node:os'
import type { RunStart } from '../../src/metadata/event.ts'

/** The start of a process of a program whose run is `run`; of this one, and just now, by default. */
export function processStart(
  worker: string,
  {
    pid = process.pid,
    startedAtMs = Date.now(),
    thread,
  }: Partial<Record<'pid' | 'startedAtMs' | 'thread', number>> = {},
): RunStart {
  return {
    type: 'run-start',
    runId: 'run',
    session: 0,
    startedAtMs,
    utcOffsetMinutes: 0,
    context: {},
    environment: { nodeVersion: 'v24.0.0', sygraVersion: '0.0.0', host: hostname(), pid },
    git: {},
    worker,
    thread,
  }
}
