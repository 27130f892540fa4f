import type { EventSource } from './live-progress.ts'

/** Writes every event as a line of JSON, until it is stopped or nobody reads any more. */
export function writeEventLines(events: EventSource, stream: NodeJS.WritableStream): { stop(): void } {
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
