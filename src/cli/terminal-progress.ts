import { createLogUpdate } from 'log-update'
import { renderLive } from '../report/live-view.ts'
import { textWidth } from '../report/text-width.ts'
import type { ProgressSource, ProgressStream } from './live-progress.ts'

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

// A terminal that is closed must not end the run.
function ignore(): void {}
