import { renderPlainLine } from '../report/live-view.ts'
import type { ProgressSource, ProgressStream } from './live-progress.ts'

const lineEveryMs = 5_000
// Some CI systems end a job that says nothing for minutes.
const silentMs = 60_000

/** A line every few seconds in which something happened, and one at the end. */
export function startPlainProgress(stream: ProgressStream, { state, figures }: ProgressSource) {
  let writtenAtMs = Date.now()
  let writtenCount = 0

  function write(): void {
    const now = figures()
    writtenAtMs = now.nowMs
    writtenCount = eventCount()
    stream.write(`${renderPlainLine(state, now)}\n`)
  }

  function eventCount(): number {
    return state.requests + state.records
  }

  function writeIfNews(): void {
    if (eventCount() !== writtenCount || Date.now() - writtenAtMs >= silentMs) write()
  }

  const timer = setInterval(writeIfNews, lineEveryMs)
  timer.unref()
  stream.on('error', ignore)
  return {
    stop: () => {
      clearInterval(timer)
      write()
      stream.off('error', ignore)
    },
  }
}

// A pipe that is closed must not end the run.
function ignore(): void {}
