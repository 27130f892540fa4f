import type { Environment } from '../../metadata/event.ts'
import type { FromWorker, ToWorker, WorkerBegin } from '../messages.ts'
import type { TaskPlace } from '../task-place.ts'

// What the two ends say to each other over a Redis besides what every transport carries.

/** What a worker says first. */
export interface Hello {
  readonly type: 'hello'
  readonly environment: Environment
  readonly concurrency: number
}

export type WorkerSays = Hello | FromWorker

/** As `begin`, with the task where the worker has it. */
export interface RemoteBegin {
  readonly type: 'begin'
  readonly begin: Omit<WorkerBegin, 'ledgerPath'>
  readonly place: TaskPlace
  /** When the coordinator says it, by its clock. */
  readonly atMs: number
}

export type CoordinatorSays =
  | RemoteBegin
  | Exclude<ToWorker, { readonly type: 'begin' }>
  /** It is not one of the run's workers: refused, or taken for lost. */
  | { readonly type: 'turned-away'; readonly reason: string; readonly isRefused: boolean }
