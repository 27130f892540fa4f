import { useMemo } from 'preact/hooks'
import type uPlot from 'uplot'
import type { Options } from 'uplot'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import { formatQuantity, formatShortDateTime } from '../../src/report/text/format-values.ts'
import { amountAxis, axis } from '../charts/axes.ts'
import { Chart } from '../charts/chart.tsx'
import { usePalette } from '../charts/palette.ts'
import { go } from '../shell/navigation.ts'
import { runAddress } from '../shell/route.ts'
import { isSimulated, type TrendPoint } from './trend-figures.ts'

export interface TrendChartProps {
  readonly title: string
  /** The oldest first. */
  readonly runs: readonly RunRow[]
  readonly points: readonly TrendPoint[]
  readonly format: (value: number | undefined) => string
  /** The scale is that of shares: from none to all. */
  readonly isShare?: boolean
}

/** What points are told apart by: they are never on one line. */
const kinds = [
  { name: 'real', isSimulated: false, isLowerBound: false },
  { name: 'real, at least', isSimulated: false, isLowerBound: true },
  { name: 'simulated', isSimulated: true, isLowerBound: false },
  { name: 'simulated, at least', isSimulated: true, isLowerBound: true },
] as const

/**
 * A figure from run to run, with days and commits on the axis; a click opens the run. What is only known to be at least so
 * much is a hollow point with an arrow, outside of the line.
 */
export function TrendChart({ title, runs, points, format, isShare = false }: TrendChartProps) {
  const palette = usePalette()
  const shape = JSON.stringify([runs.map(({ path }) => path), points])
  const present = kinds.filter((kind) => points.some((point, index) => isOfKind(kind, runs[index], point)))
  const options = useMemo((): Omit<Options, 'width' | 'height'> => {
    const days = new Set(runs.map(({ startedAt }) => formatShortDateTime(startedAt).slice(0, 10)))
    const isOneDay = days.size === 1
    const labelAt = (index: number) => {
      const run = runs[index]
      if (run === undefined) return ''
      const day = formatShortDateTime(run.startedAt).slice(5, 10)
      const time = formatShortDateTime(run.startedAt).slice(11)
      return `${day} ${isOneDay ? time : ''}`.trim() + (run.commit === undefined ? '' : `\n${run.commit.slice(0, 7)}`)
    }
    return {
      legend: { show: true },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
      scales: {
        x: { time: false, range: (_plot, low, high) => [low - 0.5, high + 0.5] },
        y: { range: (_plot, low, high) => (isShare ? [0, 1] : rangeOf(low, high)) },
      },
      axes: [
        axis(palette, {
          size: 44,
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
            place === null
              ? ''
              : `${labelAt(place).replace('\n', ' ')} ${formatShortDateTime(runs[place]?.startedAt).slice(11)}`,
        },
        ...present.map(({ name, isSimulated: isRehearsal, isLowerBound }) => {
          const color = isRehearsal ? palette.text : palette.accent
          return {
            label: name,
            stroke: color,
            width: isLowerBound ? 0 : 1.5,
            spanGaps: true,
            ...(isRehearsal ? { dash: [4, 4] } : {}),
            points: {
              show: true,
              size: isLowerBound ? 8 : 6,
              stroke: color,
              width: 1.5,
              fill: isLowerBound ? palette.surface : color,
            },
            value: (_plot: unknown, value: number | null) =>
              value === null ? '' : `${isLowerBound ? '≥ ' : ''}${format(value)}`,
          }
        }),
      ],
      hooks: {
        draw: [(plot) => drawArrows(plot, { runs, points, color: palette.text })],
        ready: [
          (plot) =>
            plot.over.addEventListener('click', () => {
              const run = runs[plot.cursor.idx ?? -1]
              if (run !== undefined) go(runAddress(run.path))
            }),
        ],
      },
    }
  }, [palette, shape, title, format])
  const data = useMemo(
    (): [number[], ...(number | null)[][]] => [
      points.map((_, index) => index),
      ...present.map((kind) =>
        points.map((point, index) => (isOfKind(kind, runs[index], point) ? (point.value ?? null) : null)),
      ),
    ],
    [shape],
  )
  const known = points.filter(({ value }) => value !== undefined)
  const text = (point: TrendPoint | undefined) => `${point?.isLowerBound ? 'at least ' : ''}${format(point?.value)}`
  const label = `${title} over ${formatQuantity(runs.length, 'run')}: from ${text(known[0])} to ${text(known.at(-1))}`
  return <Chart label={label} height={210} data={data} options={options} />
}

function isOfKind(kind: (typeof kinds)[number], run: RunRow | undefined, point: TrendPoint): boolean {
  return (
    run !== undefined &&
    point.value !== undefined &&
    isSimulated(run) === kind.isSimulated &&
    point.isLowerBound === kind.isLowerBound
  )
}

/** An arrow upwards at each lower bound: the true figure is somewhere above. */
function drawArrows(
  plot: uPlot,
  { runs, points, color }: { runs: readonly RunRow[]; points: readonly TrendPoint[]; color: string },
): void {
  const scale = devicePixelRatio || 1
  plot.ctx.save()
  plot.ctx.strokeStyle = color
  plot.ctx.lineWidth = 1.5 * scale
  runs.forEach((_, index) => {
    const point = points[index]
    if (point?.value === undefined || !point.isLowerBound) return
    const x = plot.valToPos(index, 'x', true)
    const y = plot.valToPos(point.value, 'y', true) - 6 * scale
    plot.ctx.beginPath()
    plot.ctx.moveTo(x, y)
    plot.ctx.lineTo(x, y - 14 * scale)
    plot.ctx.moveTo(x - 4 * scale, y - 9 * scale)
    plot.ctx.lineTo(x, y - 14 * scale)
    plot.ctx.lineTo(x + 4 * scale, y - 9 * scale)
    plot.ctx.stroke()
  })
  plot.ctx.restore()
}

/** The scale begins at 0, so that a small change does not look like a large one. */
function rangeOf(low: number, high: number): [number, number] {
  return high <= 0 || !Number.isFinite(high) ? [Math.min(0, low), 1] : [0, high * 1.25]
}
