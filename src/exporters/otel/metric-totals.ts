import type { Measurement, MetricDescription } from './call-metrics.ts'
import type { Attributes } from './span.ts'

/** What a series has come to since the beginning. */
export interface MetricPoint {
  readonly attributes: Attributes
  count: number
  sum: number
  min: number
  max: number
  /** Of a histogram: how many values are in each bucket, the last one without an upper bound. */
  readonly bucketCounts: number[]
}

export interface MetricTotal {
  readonly metric: MetricDescription
  readonly points: readonly MetricPoint[]
}

/** So many series of a metric have points of their own; further ones are added up, as the conventions of the SDK have it. */
const maxSeries = 2_000

const overflow: Attributes = { 'otel.metric.overflow': true }

/** Adds measurements up. */
export class MetricTotals {
  readonly #metrics = new Map<
    string,
    { readonly metric: MetricDescription; readonly points: Map<string, MetricPoint> }
  >()

  add({ metric, value, attributes }: Measurement): void {
    let known = this.#metrics.get(metric.name)
    if (known === undefined) {
      known = { metric, points: new Map() }
      this.#metrics.set(metric.name, known)
    }
    const point = pointOf(known.points, attributes, metric)
    point.count += 1
    point.sum += value
    point.min = Math.min(point.min, value)
    point.max = Math.max(point.max, value)
    if (metric.bounds === undefined) return
    const bucket = metric.bounds.findIndex((bound) => value <= bound)
    const position = bucket < 0 ? metric.bounds.length : bucket
    point.bucketCounts[position] = (point.bucketCounts[position] ?? 0) + 1
  }

  get isEmpty(): boolean {
    return this.#metrics.size === 0
  }

  list(): readonly MetricTotal[] {
    return [...this.#metrics.values()].map(({ metric, points }) => ({ metric, points: [...points.values()] }))
  }
}

function pointOf(points: Map<string, MetricPoint>, given: Attributes, { bounds }: MetricDescription): MetricPoint {
  const isFull = points.size >= maxSeries && !points.has(JSON.stringify(given))
  const attributes = isFull ? overflow : given
  const key = JSON.stringify(attributes)
  let point = points.get(key)
  if (point === undefined) {
    const bucketCounts = bounds === undefined ? [] : Array.from({ length: bounds.length + 1 }, () => 0)
    point = { attributes, count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, bucketCounts }
    points.set(key, point)
  }
  return point
}
