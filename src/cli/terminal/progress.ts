import { createLogUpdate } from 'log-update'
import type { MetadataEvent } from '../../metadata/event.ts'
import {
  type Concurrency,
  createLiveState,
  type LiveState,
  renderLive,
  renderPlainLine,
  updateLiveState,
} from '../../report/live/live-view.ts'
import { textWidth } from '../../report/text/terminal-text.ts'
import { usesColors } from './terminal.ts'

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
  /** How many requests are in flight now. */
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

/** A run that is shown while it goes. */
export interface Progress {
  /** Says something above the view, which goes on below it. */
  readonly note: (text: string) => void
  readonly stop: () => void
}

/**
 * Shows a run while it goes, until it is stopped: a live view on a terminal, else (a pipe, CI, a terminal without width) a
 * line every few seconds, or every event as JSON.
 */
export function createLiveProgress(options: LiveProgressOptions): Progress {
  const { stream, collector, environment = process.env } = options
  const note = (text: string) => void stream.write(`${text}\n`)
  if (options.isJson) return { ...writeEventLines(collector, options.eventStream ?? process.stdout), note }
  if (options.isQuiet) return { stop: () => {}, note }
  const state = createLiveState()
  const nowMs = steadyClock()
  const unsubscribe = collector.onEvent((event, atMs = nowMs()) => updateLiveState(state, event, atMs))
  const source: ProgressSource = { state, figures: () => ({ nowMs: nowMs(), ...figuresOf(options) }) }
  const isLive = stream.isTTY === true && (stream.columns ?? 0) > 0 && !environment.CI && environment.TERM !== 'dumb'
  const colors = usesColors(stream, environment)
  const view = isLive ? startTerminalProgress(stream, source, colors) : startPlainProgress(stream, source)
  return {
    note: view.note,
    stop: () => {
      unsubscribe()
      view.stop()
    },
  }
}

/** The time of day, counted on from now on: a clock that is set back in the middle must not stop what is shown. */
function steadyClock(): () => number {
  const offsetMs = Date.now() - performance.now()
  return () => offsetMs + performance.now()
}

function figuresOf({ totalRecords, runningRequests, concurrency }: LiveProgressOptions) {
  return {
    totalRecords,
    runningRequests: runningRequests?.(),
    concurrency: concurrency?.(),
  }
}

const lineEveryMs = 5_000
// Some CI systems end a job that says nothing for minutes.
const silentMs = 60_000

/** A line every few seconds in which something happened, and one at the end. */
export function startPlainProgress(stream: ProgressStream, { state, figures }: ProgressSource) {
  let writtenAtMs = performance.now()
  let writtenCount = 0

  function write(): void {
    writtenAtMs = performance.now()
    writtenCount = eventCount()
    stream.write(`${renderPlainLine(state, figures())}\n`)
  }

  function eventCount(): number {
    return state.requests + state.records
  }

  function writeIfNews(): void {
    if (eventCount() !== writtenCount || performance.now() - writtenAtMs >= silentMs) write()
  }

  const timer = setInterval(writeIfNews, lineEveryMs)
  timer.unref()
  stream.on('error', ignore)
  return {
    note: (text: string) => void stream.write(`${text}\n`),
    stop: () => {
      clearInterval(timer)
      write()
      stream.off('error', ignore)
    },
  }
}

// A pipe or a terminal that is closed must not end the run.
function ignore(): void {}

/** Ten times a second: more is not seen. */
const drawEveryMs = 100

/** The live view on a terminal, drawn over itself. */
export function startTerminalProgress(stream: ProgressStream, { state, figures }: ProgressSource, colors: boolean) {
  const log = createLogUpdate(stream)
  let drawnWidths: readonly number[] = []

  function draw(): void {
    const { columns = 0, rows } = stream
    if (columns === 0) return
    const lines = renderLive(state, { ...figures(), columns, rows, colors })
    drawnWidths = lines.map(textWidth)
    log(lines.join('\n'))
  }

  // A terminal made narrower breaks the lines that stand there already: more rows than were written must go.
  function redraw(): void {
    const { columns = 0 } = stream
    if (columns === 0) return
    const rows = drawnWidths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0)
    if (rows > 0) stream.write(`\u001b[${rows}A\r\u001b[0J`)
    log.done()
    draw()
  }

  const timer = setInterval(draw, drawEveryMs)
  timer.unref()
  stream.on('resize', redraw)
  stream.on('error', ignore)
  draw()
  return {
    note: (text: string) => {
      log.clear()
      stream.write(`${text}\n`)
      draw()
    },
    stop: () => {
      clearInterval(timer)
      stream.off('resize', redraw)
      draw()
      log.done()
      // Set apart from what the command prints next.
      stream.write('\n')
      stream.off('error', ignore)
    },
  }
}

/** Writes every event as a line of JSON, until it is stopped or nobody reads any more. */
function writeEventLines(events: EventSource, stream: NodeJS.WritableStream): { stop(): void } {
  const unsubscribe = events.onEvent((event) => {
    stream.write(`${JSON.stringify(event)}\n`)
  })
  // The run goes on when its reader went away.
  const onError = () => unsubscribe()
  stream.on('error', onError)
  return {
    stop: () => {
      unsubscribe()
      stream.off('error', onError)
    },
  }
}
