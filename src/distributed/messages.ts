import type { Environment } from '../metadata/event.ts'
import type { AttemptAsk } from '../workflow/limits/admissions.ts'
import type { AttemptReport } from '../workflow/limits/attempt-ask.ts'
import type { ProviderPlace } from '../workflow/limits/provider-concurrency.ts'
import type { UnsetFields } from '../workflow/run/output/filled-fields.ts'
import type { WorkerTask } from '../workflow/run/prepare/task-for-workers.ts'
import type { Row } from '../workflow/sources/source.ts'

// What coordinator and worker say to each other. Nothing in it is a key; rows are in it, prompts and answers are not.

/** A record that is handed out. */
export interface QueuedRecord {
  readonly id: string
  readonly row: Row
  /** Position in the source. */
  readonly index: number
  /** It is to be done alone: workers that had it were lost. */
  readonly isAlone?: boolean
}

/** What a record came to at a worker. */
export interface RecordDone {
  readonly type: 'done'
  readonly recordId: string
  readonly outcome:
    | { readonly type: 'row'; readonly text?: string; readonly unset?: UnsetFields }
    | { readonly type: 'failure'; readonly message: string }
    | { readonly type: 'given-up' }
  readonly durationSeconds: number
  readonly costPicodollars: number
  /** Of a failure. */
  readonly errorType?: string
}

/** Asks whether an attempt may be sent. */
export interface AskMessage {
  readonly type: 'ask'
  /** Another number for each that the worker asks. */
  readonly number: number
  readonly ask: AttemptAsk
  readonly place: ProviderPlace
  readonly url: string | undefined
}

/** What a worker says. */
export type FromWorker =
  /** It can do records. */
  | { readonly type: 'ready'; readonly environment: Environment }
  /** It cannot, and why. */
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'alive' }
  /** Lines of its ledger, each with its line end, as they are in the file. */
  | { readonly type: 'lines'; readonly number: number; readonly bytes: Uint8Array }
  | AskMessage
  /** It waits no longer for an answer to that. */
  | { readonly type: 'forget'; readonly number: number }
  /** The attempt has ended; its events were told before. */
  | { readonly type: 'leave'; readonly number: number; readonly report: AttemptReport }
  | RecordDone
  /** It finishes what it has, and wants nothing more. */
  | { readonly type: 'leaving' }
  /** Lines that a worker kept for a coordinator that was gone: they belong to the ledger of that one. */
  | { readonly type: 'spooled'; readonly number: number; readonly worker: string; readonly text: string }
  /** All that was kept of that worker has been told. */
  | { readonly type: 'settled'; readonly worker: string }
  /** It has told everything, and goes. */
  | { readonly type: 'bye' }

/** What the coordinator says to a worker. */
export type ToWorker =
  | { readonly type: 'begin'; readonly begin: WorkerBegin }
  | { readonly type: 'record'; readonly record: QueuedRecord }
  /** Lines up to that number are in the ledger. */
  | { readonly type: 'kept'; readonly number: number }
  /** The same of lines that were kept for a coordinator. */
  | { readonly type: 'spool-kept'; readonly number: number }
  | { readonly type: 'granted'; readonly number: number }
  | { readonly type: 'refused'; readonly number: number; readonly message: string }
  | AttemptLeft
  /** Nothing more is to be sent by anybody, and why. */
  | { readonly type: 'refuse'; readonly message: string }
  /** What is in work is given up. */
  | { readonly type: 'give-up' }
  /** There is nothing more to do. */
  | { readonly type: 'end' }
  | { readonly type: 'alive' }

/** How the failure of an attempt is to be taken. */
export interface AttemptLeft {
  readonly type: 'left'
  readonly number: number
  /** Why the run stops over it; left out where it does not. */
  readonly stopped?: string
  /** The model may be down. */
  readonly isSuspected: boolean
}

/** What a worker begins with: everything but its keys. */
export interface WorkerBegin {
  /** Its name in the run. */
  readonly worker: string
  readonly runId: string
  /** The task without its data, as the coordinator has it. */
  readonly task: WorkerTask
  readonly runArgs: Readonly<Record<string, unknown>>
  readonly simulatorUrl: string | undefined
  /** Cost or tokens are limited, so prompts are counted. */
  readonly countsTokens: boolean
  /** Digests of the files that hold the functions of the task, by their paths as the task names them. */
  readonly functionFiles: Readonly<Record<string, string>>
  /** After the coordinator has gone: how long what is in work may take. */
  readonly graceSeconds: number
  readonly heartbeatSeconds: number
  /** Its ledger, which it writes itself when the coordinator has gone. */
  readonly ledgerPath: string
}
