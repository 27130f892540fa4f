import { useMemo } from 'preact/hooks'
import type { Options } from 'uplot'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import { formatQuantity, formatShortDateTime } from '../../src/report/text/format-values.ts'
import { amountAxis, axis } from '../charts/axes.ts'
import { Chart } from '../charts/chart.tsx'
import { usePalette, withAlpha } from '../charts/palette.ts'
import { runAddress } from '../shell/route.ts'

export interface TrendChartProps {
  readonly title: string
  /** The oldest first. */
  readonly runs: readonly RunRow[]
  readonly values: readonly (number | undefined)[]
  readonly format: (value: number | undefined) => string
}

/** A figure from run to run, with the commits on the axis; a click opens the run. */
export function TrendChart({ title, runs, values, format }: TrendChartProps) {
  const palette = usePalette()
  const shape = runs.map(({ path }) => path).join('\n')
  const options = useMemo((): Omit<Options, 'width' | 'height'> => {
    const labelAt = (index: number) => {
      const run = runs[index]
      return run === undefined ? '' : (run.commit?.slice(0, 7) ?? formatShortDateTime(run.startedAt).slice(5))
    }
    return {
      legend: { show: true },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
      scales: {
        x: { time: false, range: (_plot, low, high) => [low - 0.5, high + 0.5] },
        y: { range: (_plot, low, high) => rangeOf(low, high) },
      },
      axes: [
        axis(palette, {
          size: 30,
          space: 64,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
          values: (_plot, places) => places.map((place) => (Number.isInteger(place) ? labelAt(place) : '')),
        }),
        amountAxis(palette, format),
      ],
      series: [
        {
          label: 'run',
          value: (_plot, place) =>
            place === null ? '–' : `${labelAt(place)} ${formatShortDateTime(runs[place]?.startedAt)}`,
        },
        {
          label: title,
          stroke: palette.accent,
          width: 1.5,
          fill: withAlpha(palette.accent, 0.08),
          points: { show: true, size: 6, fill: palette.accent },
          value: (_plot, value) => format(value ?? undefined),
        },
      ],
      hooks: {
        ready: [
          (plot) =>
            plot.over.addEventListener('click', () => {
              const run = runs[plot.cursor.idx ?? -1]
              if (run !== undefined) location.hash = runAddress(run.path)
            }),
        ],
      },
    }
  }, [palette, shape, title, format])
  const data = useMemo(
    (): [number[], (number | null)[]] => [values.map((_, index) => index), values.map((value) => value ?? null)],
    [shape, values.join()],
  )
  const known = values.filter((value) => value !== undefined)
  const label = `${title} over ${formatQuantity(runs.length, 'run')}: from ${format(known[0])} to ${format(known.at(-1))}`
  return <Chart label={label} height={190} data={data} options={options} />
}

/** The scale begins at 0, so that a small change does not look like a large one. */
function rangeOf(low: number, high: number): [number, number] {
  return high <= 0 || !Number.isFinite(high) ? [Math.min(0, low), 1] : [0, high * 1.1]
}
