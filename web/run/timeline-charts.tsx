import { useMemo, useRef } from 'preact/hooks'
import uPlot, { type AlignedData, type Options } from 'uplot'
import { formatCount, formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { TimelineAnswer } from '../../src/studio/api.ts'
import { amountAxis, axis } from '../charts/axes.ts'
import { Chart } from '../charts/chart.tsx'
import { type Palette, usePalette, withAlpha } from '../charts/palette.ts'
import { type LimitSteps, limitsAt } from './limit-steps.ts'
import type { Span } from './timeline-window.ts'

export interface TimelineChartsProps {
  readonly timeline: TimelineAnswer
  /** Where the run begins: times are shown from there. */
  readonly originMs: number
  /** How many requests each provider could be sent at once. */
  readonly limits: readonly LimitSteps[]
  readonly onSelect: (span: Span) => void
}

/** Requests at once above, how they ended below; both over the same time. */
export function TimelineCharts({ timeline, originMs, limits, onSelect }: TimelineChartsProps) {
  const palette = usePalette()
  const select = useRef(onSelect)
  select.current = onSelect
  const providers = limits.slice(0, maxLimits).map(({ provider }) => provider)
  const common = useMemo(() => commonOptions(palette, originMs, (span) => select.current(span)), [palette, originMs])
  const flight = useMemo(() => flightOptions(palette, common, providers), [common, providers.join('\n')])
  const ends = useMemo(() => endsOptions(palette, common), [common])
  const seconds = useMemo(() => {
    const { fromMs, spanMs, answered } = timeline
    return answered.map((_, span) => (fromMs - originMs + (span + 0.5) * spanMs) / 1000)
  }, [timeline, originMs])
  const flightData = useMemo((): AlignedData => {
    const momentsMs = seconds.map((second) => originMs + second * 1000)
    const lines = limits.slice(0, maxLimits).map((steps) => limitsAt(steps, momentsMs))
    return [seconds, [...timeline.inFlight], [...timeline.waiting], ...lines]
  }, [seconds, limits.map(({ steps }) => steps.length).join()])
  const endsData = useMemo((): AlignedData => {
    const { answered, limited, failed } = timeline
    // Stacked: the largest is drawn first, so that the smaller ones stand before it.
    const withLimited = answered.map((count, span) => count + (limited[span] ?? 0))
    return [seconds, withLimited.map((count, span) => count + (failed[span] ?? 0)), withLimited, [...answered]]
  }, [seconds])
  const said = describe(timeline)
  return (
    <>
      <p class="chart-title">Requests at once{providers.length > 0 ? ', and how many were allowed' : ''}</p>
      <Chart label={`Requests at once over the run. ${said}`} height={150} data={flightData} options={flight} />
      <p class="chart-title">How they ended, by {formatSeconds(timeline.spanMs / 1000)}</p>
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
        incrs: [
          0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600,
          7200, 14_400, 28_800, 86_400,
        ],
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

function flightOptions(palette: Palette, common: ChartOptions, providers: readonly string[]): ChartOptions {
  const stepped = uPlot.paths.stepped?.({ align: 1 })
  const mean = (_plot: unknown, value: number | null) => (value === null ? '' : value.toFixed(1))
  return {
    ...common,
    series: [
      { label: 'at', value: momentText },
      area('in flight', palette.accent, mean),
      area('waiting to retry', palette.limited, mean, [4, 3]),
      ...providers.map(
        (provider): uPlot.Series => ({
          label: providers.length === 1 ? 'limit' : `limit of ${provider}`,
          stroke: palette.text,
          width: 1.5,
          dash: [2, 2],
          points: { show: false },
          ...(stepped === undefined ? {} : { paths: stepped }),
          value: (_plot, value) => (value === null ? '' : formatCount(value)),
        }),
      ),
    ],
  }
}

function endsOptions(palette: Palette, common: ChartOptions): ChartOptions {
  const bars = uPlot.paths.bars?.({ size: [0.9, 40], gap: 0 })
  const bar = (label: string, color: string, below: number | undefined, isHatched = false): uPlot.Series => ({
    label,
    fill: isHatched ? () => hatched(color) : color,
    stroke: color,
    width: 0,
    points: { show: false },
    ...(bars === undefined ? {} : { paths: bars }),
    value: (plot, value, series) => {
      const index = plot.cursor.idx
      const under = below === undefined || index == null ? 0 : (plot.data[series + below]?.[index] ?? 0)
      return value === null ? '' : formatCount(value - under)
    },
  })
  return {
    ...common,
    series: [
      { label: 'at', value: momentText },
      bar('other failures', palette.failed, 1),
      bar('rate limits (hatched)', palette.limited, 1, true),
      bar('answers', palette.accent, undefined),
    ],
  }
}

/** Nothing is said where nothing is pointed at. */
function momentText(_plot: unknown, value: number | null): string {
  return value === null ? '' : formatSeconds(value)
}

/** More lines of limits cannot be told apart. */
const maxLimits = 3

/** A colour as stripes: what differs in its shape, too, every eye can tell. */
function hatched(color: string): CanvasPattern | string {
  const size = 6 * Math.max(1, Math.round(devicePixelRatio))
  const canvas = document.createElement('canvas')
  canvas.width = size
  canvas.height = size
  const context = canvas.getContext('2d')
  if (context === null) return color
  context.fillStyle = withAlpha(color, 0.35)
  context.fillRect(0, 0, size, size)
  context.strokeStyle = color
  context.lineWidth = size / 3
  for (const shift of [-size, 0, size]) {
    context.beginPath()
    context.moveTo(shift, size)
    context.lineTo(shift + size, 0)
    context.stroke()
  }
  return context.createPattern(canvas, 'repeat') ?? color
}

function area(
  label: string,
  color: string,
  value: (plot: unknown, value: number | null) => string,
  dash?: number[],
): uPlot.Series {
  return {
    label,
    ...(dash === undefined ? {} : { dash }),
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
