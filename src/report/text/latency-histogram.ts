import type { LatencySketch } from '../../metadata/schema.ts'
import { formatCount, formatSeconds } from './format-values.ts'
import type { HistogramRow } from './section.ts'
import { padText, textWidth, truncateText } from './terminal-text.ts'

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█']
const maxRows = 12

/** The distribution in at most 12 rows, each as many times longer than the one before; empty without values. */
export function histogramRows(bins: LatencyBins): HistogramRow[] {
  const entries = [...bins.counts].map(([index, count]) => ({
    seconds: secondsOfBin(index, bins.relativeAccuracy),
    count,
  }))
  if (bins.zeroCount > 0) entries.push({ seconds: 0, count: bins.zeroCount })
  // A hostile file may hold indices whose values are no numbers.
  const finite = entries.filter(({ seconds }) => Number.isFinite(seconds))
  if (finite.length === 0) return []
  const step = stepFor(finite.map(({ seconds }) => seconds))
  const counts = new Map<number, number>()
  for (const { seconds, count } of finite) {
    const row = rowOf(seconds, step)
    counts.set(row, (counts.get(row) ?? 0) + count)
  }
  const first = Math.min(...counts.keys())
  const last = Math.max(...counts.keys())
  return Array.from({ length: last - first + 1 }, (_, offset) => {
    const row = first + offset
    return {
      fromSeconds: floorSeconds * step ** row,
      toSeconds: floorSeconds * step ** (row + 1),
      count: counts.get(row) ?? 0,
    }
  })
}

/** The rows as text: range, bar in block characters, count. */
export function renderHistogram(rows: readonly HistogramRow[], columns: number): string[] {
  const labels = rows.map(({ fromSeconds, toSeconds }) => `${formatSeconds(fromSeconds)} – ${formatSeconds(toSeconds)}`)
  const labelWidth = Math.max(0, ...labels.map(textWidth))
  const largest = Math.max(1, ...rows.map(({ count }) => count))
  const countWidth = formatCount(largest).length
  const barWidth = Math.max(0, Math.min(50, (columns > 0 ? columns : 80) - labelWidth - countWidth - 4))
  return rows.map(({ count }, index) => {
    const label = padText(labels[index] ?? '', labelWidth)
    const line = `${label}  ${formatCount(count).padStart(countWidth)}  ${bar(count / largest, barWidth)}`.trimEnd()
    return columns > 0 ? truncateText(line, columns) : line
  })
}

/** A bar of block characters, to an eighth of a cell; what is not nothing is seen. */
export function bar(share: number, width: number): string {
  const filled = Math.max(share > 0 && width > 0 ? 1 : 0, Math.round(Math.min(1, share) * width * 8))
  return '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '')
}

// A tenth of a millisecond: what is shorter needs no row of its own.
const floorSeconds = 1e-4

function rowOf(seconds: number, step: number): number {
  return Math.max(0, Math.floor(Math.log(seconds / floorSeconds) / Math.log(step) + 1e-9))
}

function stepFor(values: readonly number[]): number {
  const steps = [1.1, 1.25, 1.5, 2, 3, 5, 10, 100, 1e4, 1e8]
  const lowest = values.reduce((a, b) => Math.min(a, b))
  const highest = values.reduce((a, b) => Math.max(a, b))
  const fits = (step: number) => rowOf(highest, step) - rowOf(lowest, step) < maxRows
  return steps.find(fits) ?? Number.MAX_VALUE
}

/** A distribution of microseconds by DDSketch index; values of 0 are apart, because they have no logarithm. */
export interface LatencyBins {
  readonly relativeAccuracy: number
  readonly counts: ReadonlyMap<number, number>
  readonly zeroCount: number
}

/** The bins of a file's sketch; undefined when it has none that can be read. */
export function readBins(sketch: LatencySketch | undefined): LatencyBins | undefined {
  if (sketch === undefined || sketch.unit !== 'microseconds') return undefined
  const { relative_accuracy, zero_count, bins } = sketch
  if (!(relative_accuracy > 0 && relative_accuracy < 1)) return undefined
  const counts = new Map<number, number>()
  for (const bin of bins.split(' ')) {
    const [index, count] = bin.split(':').map(Number)
    if (index === undefined || count === undefined) continue
    if (Number.isInteger(index) && count > 0) counts.set(index, (counts.get(index) ?? 0) + count)
  }
  if (counts.size === 0 && zero_count === 0) return undefined
  return { relativeAccuracy: relative_accuracy, counts, zeroCount: zero_count }
}

/** Several distributions as one. Bins of another accuracy are brought to that of the first, within its error. */
export function mergeBins(parts: readonly LatencyBins[]): LatencyBins {
  const relativeAccuracy = parts[0]?.relativeAccuracy ?? 0.01
  const counts = new Map<number, number>()
  let zeroCount = 0
  for (const part of parts) {
    zeroCount += part.zeroCount
    for (const [index, count] of part.counts) {
      const target =
        part.relativeAccuracy === relativeAccuracy
          ? index
          : indexOfSeconds(secondsOfBin(index, part.relativeAccuracy), relativeAccuracy)
      counts.set(target, (counts.get(target) ?? 0) + count)
    }
  }
  return { relativeAccuracy, counts, zeroCount }
}

/** The bin of a duration; for durations above 0. */
export function indexOfSeconds(seconds: number, relativeAccuracy: number): number {
  return Math.ceil(Math.log(seconds * 1e6) / Math.log(gammaOf(relativeAccuracy)))
}

/** Ratio between the upper ends of two neighbouring bins. */
export function gammaOf(relativeAccuracy: number): number {
  return (1 + relativeAccuracy) / (1 - relativeAccuracy)
}

/** Seconds that stand for a bin: no value in it is further away than the relative accuracy. */
export function secondsOfBin(index: number, relativeAccuracy: number): number {
  const gamma = gammaOf(relativeAccuracy)
  return ((2 * gamma ** index) / (gamma + 1)) * 1e-6
}
