import { SygraError } from '../../../errors.ts'
import type { WorkflowDefinition } from '../../define-workflow.ts'
import type { RunOptions } from '../run-options.ts'
import { keepsLedger } from './check-options.ts'

/** A task without its data, as another process can be told it. */
export interface WorkerTask {
  readonly taskName: string
  readonly directory: string
  readonly outputDirectory?: string
  /** The configuration, without its source and its sinks. */
  readonly config: object
}

/**
 * A task as it is told to a worker: its configuration without data, which the worker loads its functions and models for.
 *
 * @throws SygraError `bad_argument` for what cannot be told to another process, such as a function of this one.
 */
export function taskForWorkers({ taskName, directory, outputDirectory, config }: WorkflowDefinition): WorkerTask {
  const { source: _source, sink: _sink, ...data } = config.data_config ?? {}
  const told = { ...config, data_config: data }
  checkPlain(told, [])
  return { taskName, directory, outputDirectory, config: told }
}

/**
 * Refuses a run with workers of which no account could be kept, or whose task they could not have.
 *
 * @throws SygraError `bad_argument`
 */
export function checkWorkers(definition: WorkflowDefinition, options: RunOptions): void {
  const { workers, runArgs } = options
  if (workers === undefined) return
  if (typeof workers === 'number' && (!Number.isInteger(workers) || workers < 1)) {
    throw new SygraError('bad_argument', `workers: expected a whole number of processes, 1 or more; found ${workers}`)
  }
  if (!keepsLedger(options)) {
    throw new SygraError(
      'bad_argument',
      'what workers do is put together from their ledgers: do not turn off metadata (`disableMetadata: true`, SYGRA_DISABLE_METADATA), the ledger (`ledger: false`, SYGRA_LEDGER) or the output (`output: false`), or leave the workers out',
    )
  }
  taskForWorkers(definition)
  checkPlain(runArgs, ['runArgs'])
}

function checkPlain(value: unknown, path: readonly string[]): void {
  if (typeof value === 'function') throw notTellable(path, 'a function')
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkPlain(item, [...path, String(index)])
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw notTellable(path, `an object of ${value.constructor.name}`)
  }
  for (const [key, item] of Object.entries(value)) checkPlain(item, [...path, key])
}

function notTellable(path: readonly string[], found: string): SygraError {
  return new SygraError(
    'bad_argument',
    `workers: ${path.join('.')} is ${found} of this program, which other processes do not have; name it by its file ("./functions.ts#name"), or run without workers`,
  )
}
