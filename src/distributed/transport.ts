import type { Environment } from '../metadata/event.ts'
import type { FromWorker, QueuedRecord, ToWorker } from './messages.ts'

/** A worker that has joined. */
export interface JoinedWorker {
  readonly environment: Environment
  /** How many records it does at once. */
  readonly concurrency: number
}

/** What a coordinator is told by its transport. Messages of one worker come in the order in which it said them. */
export interface CoordinatorHandlers {
  /** Resolves when the account says that it is there: before, it gets no record. */
  readonly joined: (worker: string, joined: JoinedWorker) => Promise<void>
  readonly heard: (worker: string, message: FromWorker) => void
  /** A worker has taken a record. */
  readonly taken: (worker: string, recordId: string) => void
  /** Nothing was heard of a worker for longer than its lease. It may come back. */
  readonly silent: (worker: string) => void
  /** A worker is gone for good. Without a reason it was told to end. */
  readonly gone: (worker: string, reason?: string) => void
  /** How many records may be queued and in work together. */
  readonly places: (places: number) => void
  /** No worker can do anything, and none will. */
  readonly broken: (error: Error) => void
}

/** The coordinator's end of what carries records to workers and their words back. */
export interface CoordinatorTransport {
  /** How it is called in the account. */
  readonly name: string
  readonly open: (handlers: CoordinatorHandlers) => Promise<void>
  /** Puts a record where one worker takes it. */
  readonly enqueue: (record: QueuedRecord) => void
  /** Takes back the records that nobody has taken, and gives their ids. */
  readonly withdraw: () => Promise<readonly string[]>
  readonly tell: (worker: string, message: ToWorker) => void
  /** Tells all to end, waits until they have, and ends those that do not. */
  readonly close: () => Promise<void>
  /** As `close`, for moments in which nothing can be awaited. */
  readonly abandon: () => void
}

/** A worker's end. */
export interface WorkerChannel {
  /** Resolves when it has left the process; rejects when the coordinator is gone. */
  readonly send: (message: FromWorker) => Promise<void>
  readonly onMessage: (listener: (message: ToWorker) => void) => void
  /** The coordinator is gone, and does not come back. */
  readonly onGone: (listener: () => void) => void
  readonly close: () => void
}
