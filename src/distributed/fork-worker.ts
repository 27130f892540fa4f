import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { WorkerLineSource } from '../workflow/run/run-options.ts'

/** Is given what a worker's own code prints. */
export type OnWorkerLine = (line: string, from: WorkerLineSource) => void

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

interface ForkOptions {
  /** The name of the worker that it is now. */
  readonly nameOf: () => string
  readonly onLine: OnWorkerLine
}

/** Starts a process that does records, on this machine; what it prints is handed on line by line. */
export function forkWorker(program: string, { nameOf, onLine }: ForkOptions): ChildProcess {
  const child = fork(program, [], {
    // As this process, but for a port that only one can have.
    execArgv: process.execArgv.filter((argument) => !argument.startsWith('--inspect')),
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of ['stdout', 'stderr'] as const) {
    const input = child[stream]
    if (input !== null) {
      createInterface({ input }).on('line', (line) => onLine(line, { worker: nameOf(), stream }))
    }
  }
  return child
}

/** What the code of a task prints is its user's: it comes out here, with the name of who printed it. */
export function printLine(line: string, { worker, stream }: WorkerLineSource): void {
  process[stream].write(`[${worker}] ${line}\n`)
}

/** A process's end in words. */
export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `ended with exit code ${code}` : `killed by ${signal}`
}
