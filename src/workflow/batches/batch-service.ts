import type { WireFormat } from '../../usage/index.ts'

/** What a batch is doing at its provider. */
export interface BatchStatus {
  /** `ended`: what it has answered can be read, and there will be no more. `failed`: nothing was done. */
  readonly state: 'running' | 'ended' | 'failed'
  /** How many of its calls have an answer or an error. */
  readonly answered?: number
  /** Why it failed, or ended before its time. */
  readonly reason?: string
}

/** A call of a batch as the provider has answered it. */
export type BatchAnswer =
  | { readonly type: 'answer'; readonly customId: string; readonly status: number; readonly body: unknown }
  /** It was not done: the time of the batch was over, or it was cancelled. */
  | { readonly type: 'late'; readonly customId: string; readonly reason: string }

/** A batch that is ready to be handed in. */
export interface BatchFile {
  /** The run's own name of it. */
  readonly mark: string
  readonly path: string
  readonly lines: number
}

/** What a provider has that may be a batch of which nobody knows whether it arrived. */
export interface FoundBatches {
  readonly providerIds: readonly string[]
  /** It bears the mark of ours; else it is of the same time and size, and the ids in its results decide. */
  readonly isCertain: boolean
}

/** How one provider takes batches; another provider is another file with one of these. */
export interface BatchService {
  readonly maxLines: number
  readonly maxBytes: number
  /** Stands between two calls in the file of a batch. */
  readonly separator: string
  /** Reads what the answer to a call has used, as at the wire. */
  readonly format: Pick<WireFormat, 'readResult'>
  /** A call as the file of a batch has it; `body` is JSON, as the client of the model has made it. */
  readonly line: (customId: string, body: string) => string
  /** Hands a batch in; gives the provider's name of it. `closed` is aborted when nothing is waited for any more. */
  readonly submit: (batch: BatchFile, closed: AbortSignal) => Promise<string>
  /** Looks for a batch that may have arrived. */
  readonly find: (batch: BatchFile, sinceMs: number) => Promise<FoundBatches>
  readonly look: (providerId: string) => Promise<BatchStatus>
  readonly cancel: (providerId: string) => Promise<void>
  /** The addresses of the files in which the answers of a batch are, each a JSON text a line. */
  readonly results: (providerId: string) => Promise<readonly string[]>
  /** Asks for a file of answers. */
  readonly fetch: (url: string) => Promise<Response>
  /** A line of such a file; undefined for what is none. */
  readonly read: (line: unknown) => BatchAnswer | undefined
}
