import type { Metadata } from '../../src/metadata/schema.ts'
import { type LatencyBins, mergeBins, readBins, secondsOfBin } from '../../src/report/text/latency-histogram.ts'

/** A distribution as a curve: the share of all requests in each span of durations, on a logarithmic scale. */
export interface LatencyCurve {
  readonly shares: readonly (number | null)[]
}

export interface LatencyCurves {
  /** Middle of each span. */
  readonly seconds: readonly number[]
  readonly curves: readonly LatencyCurve[]
}

const spansPerDecade = 20

/** The requests of all models of a run together; undefined when the file has no distribution. */
export function latencyBinsOf({ models }: Pick<Metadata, 'models'>): LatencyBins | undefined {
  const parts = Object.values(models).flatMap(({ latency_sketch }) => readBins(latency_sketch) ?? [])
  return parts.length === 0 ? undefined : mergeBins(parts)
}

/** Several distributions over the same spans, so that they can be laid over each other. */
export function latencyCurves(distributions: readonly (LatencyBins | undefined)[]): LatencyCurves | undefined {
  const counted = distributions.map((bins) => (bins === undefined ? undefined : countSpans(bins)))
  const spans = counted.flatMap((counts) => [...(counts?.keys() ?? [])])
  if (spans.length === 0) return undefined
  const first = Math.min(...spans) - 1
  const last = Math.max(...spans) + 1
  // A hostile file may name bins that no clock can measure.
  if (last - first > 40 * spansPerDecade) return undefined
  const range = Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  return {
    seconds: range.map((span) => 10 ** ((span + 0.5) / spansPerDecade)),
    curves: counted.map((counts) => {
      const total = [...(counts?.values() ?? [])].reduce((sum, count) => sum + count, 0)
      return { shares: range.map((span) => (total === 0 ? null : (counts?.get(span) ?? 0) / total)) }
    }),
  }
}

function countSpans({ counts, relativeAccuracy }: LatencyBins): Map<number, number> {
  const spans = new Map<number, number>()
  for (const [index, count] of counts) {
    const seconds = secondsOfBin(index, relativeAccuracy)
    if (!(seconds > 0 && Number.isFinite(seconds))) continue
    const span = Math.floor(Math.log10(seconds) * spansPerDecade)
    spans.set(span, (spans.get(span) ?? 0) + count)
  }
  return spans
}
