import { useMemo } from 'preact/hooks'
import type { Options } from 'uplot'
import { formatSeconds } from '../../src/report/text/format-values.ts'
import type { LatencyCurves } from '../compare/latency-curves.ts'
import { amountAxis, axis } from './axes.ts'
import { Chart } from './chart.tsx'
import { usePalette, withAlpha } from './palette.ts'

export interface LatencyChartProps {
  readonly curves: LatencyCurves
  readonly names: readonly string[]
  readonly label: string
  readonly format: (share: number) => string
}

/** Distributions of durations, laid over each other. */
export function LatencyChart({ curves, names, label, format }: LatencyChartProps) {
  const palette = usePalette()
  const shape = names.join('\n')
  const options = useMemo((): Omit<Options, 'width' | 'height'> => {
    return {
      padding: [8, 28, 0, 0],
      legend: { show: names.length > 1 },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { time: false, distr: 3, log: 10 }, y: { range: (_plot, _low, high) => [0, high * 1.08] } },
      axes: [
        axis(palette, {
          size: 30,
          values: (_plot, values) => values.map((value) => (value ? formatSeconds(value) : '')),
          space: 44,
        }),
        amountAxis(palette, (value) => format(value)),
      ],
      series: [
        { label: 'duration', value: (_plot, value) => (value === null ? '' : formatSeconds(value)) },
        ...names.map((name, index) => {
          const color = palette.runs[index % palette.runs.length] ?? palette.accent
          return {
            label: name,
            stroke: color,
            width: 1.5,
            fill: withAlpha(color, names.length === 1 ? 0.18 : 0.08),
            points: { show: false },
            value: (_plot: unknown, value: number | null) => (value === null ? '' : format(value)),
          }
        }),
      ],
    }
  }, [palette, shape, format])
  const data = useMemo(
    () =>
      [[...curves.seconds], ...curves.curves.map(({ shares }) => [...shares])] as [number[], ...(number | null)[][]],
    [curves],
  )
  return <Chart label={label} height={200} data={data} options={options} />
}
