import { useMemo } from 'preact/hooks'
import uPlot, { type AlignedData, type Options } from 'uplot'
import { formatCount, formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { TimelineAnswer } from '../../src/studio/api.ts'
import { amountAxis, axis } from '../charts/axes.ts'
import { Chart } from '../charts/chart.tsx'
import { type Palette, usePalette, withAlpha } from '../charts/palette.ts'
import type { Span } from './timeline-window.ts'

export interface TimelineChartsProps {
  readonly timeline: TimelineAnswer
  /** Where the run begins: times are shown from there. */
  readonly originMs: number
  readonly onSelect: (span: Span) => void
}

/** Requests at once above, how they ended below; both over the same time. */
export function TimelineCharts({ timeline, originMs, onSelect }: TimelineChartsProps) {
  const palette = usePalette()
  const common = useMemo(() => commonOptions(palette, originMs, onSelect), [palette, originMs])
  const flight = useMemo(() => flightOptions(palette, common), [common])
  const ends = useMemo(() => endsOptions(palette, common), [common])
  const seconds = useMemo(() => {
    const { fromMs, spanMs, answered } = timeline
    return answered.map((_, span) => (fromMs - originMs + (span + 0.5) * spanMs) / 1000)
  }, [timeline, originMs])
  const flightData = useMemo((): AlignedData => [seconds, [...timeline.inFlight], [...timeline.waiting]], [seconds])
  const endsData = useMemo((): AlignedData => {
    const { answered, limited, failed } = timeline
    // Stacked: the largest is drawn first, so that the smaller ones stand before it.
    const withLimited = answered.map((count, span) => count + (limited[span] ?? 0))
    return [seconds, withLimited.map((count, span) => count + (failed[span] ?? 0)), withLimited, [...answered]]
  }, [seconds])
  const said = describe(timeline)
  return (
    <>
      <p class="chart-title">Requests at once</p>
      <Chart label={`Requests at once over the run. ${said}`} height={150} data={flightData} options={flight} />
      <p class="chart-title">Ended per {formatSeconds(timeline.spanMs / 1000)}</p>
      <Chart label={`How requests ended over the run. ${said}`} height={150} data={endsData} options={ends} />
    </>
  )
}

type ChartOptions = Omit<Options, 'width' | 'height'>

function commonOptions(palette: Palette, originMs: number, onSelect: (span: Span) => void): ChartOptions {
  return {
    padding: [8, 28, 0, 0],
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, sync: { key: 'timeline' } },
    scales: { x: { time: false }, y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] } },
    axes: [
      axis(palette, {
        size: 30,
        space: 70,
        values: (_plot, values) => values.map((value) => formatSeconds(value)),
      }),
      amountAxis(palette, (value) => (Number.isInteger(value) ? formatCount(value) : '')),
    ],
    series: [],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (width < 4) return
          const at = (pixels: number) => originMs + plot.posToVal(pixels, 'x') * 1000
          onSelect({ fromMs: at(left), toMs: at(left + width) })
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        },
      ],
    },
  }
}

function flightOptions(palette: Palette, common: ChartOptions): ChartOptions {
  const mean = (_plot: unknown, value: number | null) => (value === null ? '–' : value.toFixed(1))
  return {
    ...common,
    series: [
      { label: 'at', value: (_plot, value) => formatSeconds(value) },
      area('in flight', palette.accent, mean),
      area('waiting to retry', palette.warning, mean),
    ],
  }
}

function endsOptions(palette: Palette, common: ChartOptions): ChartOptions {
  const bars = uPlot.paths.bars?.({ size: [0.9, 40], gap: 0 })
  const bar = (label: string, color: string, below: number | undefined): uPlot.Series => ({
    label,
    fill: color,
    stroke: color,
    width: 0,
    points: { show: false },
    ...(bars === undefined ? {} : { paths: bars }),
    value: (plot, value, series) => {
      const index = plot.cursor.idx
      const under = below === undefined || index == null ? 0 : (plot.data[series + below]?.[index] ?? 0)
      return value === null ? '–' : formatCount(value - under)
    },
  })
  return {
    ...common,
    series: [
      { label: 'at', value: (_plot, value) => formatSeconds(value) },
      bar('other failures', palette.bad, 1),
      bar('rate limits', palette.warning, 1),
      bar('answers', palette.accent, undefined),
    ],
  }
}

function area(label: string, color: string, value: (plot: unknown, value: number | null) => string): uPlot.Series {
  return {
    label,
    stroke: color,
    fill: withAlpha(color, 0.16),
    width: 1.5,
    points: { show: false },
    value,
  }
}

/** What the charts show, in a sentence. */
function describe({ answered, limited, failed, inFlight }: TimelineAnswer): string {
  const sum = (values: readonly number[]) => Math.round(values.reduce((total, value) => total + value, 0))
  const most = Math.ceil(inFlight.reduce((largest, value) => Math.max(largest, value), 0))
  const parts = [
    formatQuantity(sum(answered), 'answer'),
    formatQuantity(sum(limited), 'rate limit'),
    formatQuantity(sum(failed), 'other failure'),
  ]
  return `${parts.join(', ')}; at most ${most} at once`
}
