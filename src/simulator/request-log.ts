import type { Usage } from '../metadata/usage.ts'
import type { Bill } from './attempts/bill.ts'
import type { Fault } from './attempts/faults.ts'

/** One served attempt: what really happened on the provider's side. Numbers only, no text of prompts or answers. */
export interface SimulatedRequest extends Bill {
  /** Order of arrival, from 0; the log itself is in order of ending. */
  readonly index: number
  /** When the attempt arrived and how long it took, by the simulator's clock. */
  readonly atMs: number
  readonly durationSeconds: number
  readonly model: string
  /** The status that was sent; 0 for a dropped connection and when no headers had been sent. */
  readonly status: number
  readonly fault?: Fault['type']
  /** For drops: `in-body` means that the client had seen a status 200 and half of the body. */
  readonly dropPoint?: 'before-headers' | 'in-body'
  readonly isStream: boolean
  /** 0 when the request was refused before the model saw it. */
  readonly promptTokens: number
  /** What the model had produced when the attempt ended: of an answer that was cut, the part up to there. */
  readonly completionTokens: number
  readonly cachedTokens?: number
  readonly reasoningTokens?: number
  /** Of the completion tokens those that are speech. */
  readonly audioTokens?: number
  /** What images, speech and transcripts used, in classes and units of their own. */
  readonly usage?: Usage
  /** The tier that served the request, as the answer states it. */
  readonly serviceTier?: string
  /** True when the whole usage was sent in a body that parses: what a client can know, and a run must add up to. */
  readonly isUsageSent: boolean
  /** Of the body and the path's deployment; equal digests are the same request sent again. */
  readonly bodyDigest: string
  /** The client went away before the end of the answer. */
  readonly clientAborted?: true
  /** The simulator was closed before the end of the answer. */
  readonly simulatorClosed?: true
}

/** Keeps the newest attempts and tells a listener of each; what the listener throws becomes a process warning. */
export class RequestLog {
  readonly entries: SimulatedRequest[] = []
  private readonly maxEntries: number
  private readonly onRequest: ((request: SimulatedRequest) => void) | undefined

  constructor(options: { maxEntries: number; onRequest?: ((request: SimulatedRequest) => void) | undefined }) {
    this.maxEntries = options.maxEntries
    this.onRequest = options.onRequest
  }

  add(entry: SimulatedRequest): void {
    // A tenth at once, because removing the first of many entries moves all the others.
    if (this.entries.length >= this.maxEntries) this.entries.splice(0, Math.ceil(this.maxEntries / 10))
    this.entries.push(entry)
    try {
      this.onRequest?.(entry)
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}
