import type { MetadataEvent } from '../metadata/event.ts'
import { type Concurrency, createLiveState, type LiveState, updateLiveState } from '../report/live-view.ts'
import { usesColors } from './colors.ts'
import { writeEventLines } from './event-lines.ts'
import { startPlainProgress } from './plain-progress.ts'
import { startTerminalProgress } from './terminal-progress.ts'

/** A stream that may be a terminal. */
export type ProgressStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export interface LiveProgressOptions {
  /** Where the progress goes: the standard error, so that the standard output stays clean. */
  readonly stream: ProgressStream
  /** How many records the run will do; undefined when nobody knows. */
  readonly totalRecords?: number
  /** Shows nothing. */
  readonly isQuiet: boolean
  /** Writes every event as a line of JSON instead. */
  readonly isJson: boolean
  readonly collector: EventSource
  /** How many requests are on their way now. */
  readonly runningRequests?: () => number
  readonly concurrency?: () => Concurrency
  /** Where the lines of JSON go. Default: the standard output. */
  readonly eventStream?: NodeJS.WritableStream
  /** Default: that of the process. */
  readonly environment?: NodeJS.ProcessEnv
}

/** Whatever tells of events, such as a collector, and when they happened if that was not just now. */
export interface EventSource {
  onEvent(listener: (event: MetadataEvent, atMs?: number) => void): () => void
}

/** What the views draw from. */
export interface ProgressSource {
  readonly state: LiveState
  readonly figures: () => {
    readonly nowMs: number
    readonly totalRecords?: number
    readonly runningRequests?: number
    readonly concurrency?: Concurrency
  }
}

/**
 * Shows a run while it goes, until it is stopped: a live view on a terminal, else (a pipe, CI, a terminal without width) a
 * line every few seconds, or every event as JSON.
 */
export function createLiveProgress(options: LiveProgressOptions): { stop(): void } {
  const { stream, collector, environment = process.env } = options
  if (options.isJson) return writeEventLines(collector, options.eventStream ?? process.stdout)
  if (options.isQuiet) return { stop: () => {} }
  const state = createLiveState()
  const unsubscribe = collector.onEvent((event, atMs = Date.now()) => updateLiveState(state, event, atMs))
  const source: ProgressSource = { state, figures: () => figuresOf(options) }
  const isLive = stream.isTTY === true && (stream.columns ?? 0) > 0 && !environment.CI && environment.TERM !== 'dumb'
  const colors = usesColors(stream, environment)
  const view = isLive ? startTerminalProgress(stream, source, colors) : startPlainProgress(stream, source)
  return {
    stop: () => {
      unsubscribe()
      view.stop()
    },
  }
}

function figuresOf({ totalRecords, runningRequests, concurrency }: LiveProgressOptions) {
  return {
    nowMs: Date.now(),
    totalRecords,
    runningRequests: runningRequests?.(),
    concurrency: concurrency?.(),
  }
}
