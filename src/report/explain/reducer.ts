import type { MetadataEvent } from '../../metadata/event.ts'
import type { Measure, StatisticName } from '../../metadata/figures/formula.ts'
import { BusyTime } from '../../metadata/statistics/busy-time.ts'

/** Where a line stands. */
export interface LinePlace {
  readonly lineNumber: number
  readonly atMs: number
  /** Whose ledger it is in, where that is not the run's own. */
  readonly worker?: string
}

/** A line of the ledger that a figure rests on. */
export interface RestingLine extends LinePlace {
  readonly event: MetadataEvent
  /** What the line adds. */
  readonly value: number
}

/** Takes the events that a measure means, and reduces their numbers to one. */
export class Reducer {
  readonly measure: Measure
  /** The first lines that were meant. */
  readonly lines: RestingLine[] = []
  count = 0
  /** How many numbers stand around the one of a percentile, and where: `position` of `count` values in ascending order. */
  readonly #mostLines: number
  readonly #values: number[] = []
  readonly #busy = new BusyTime()
  #sum = 0
  #last: number | undefined

  constructor(measure: Measure, mostLines: number) {
    this.measure = measure
    this.#mostLines = mostLines
  }

  add(event: MetadataEvent, place: LinePlace): void {
    const value = this.measure.value(event)
    if (value === undefined) return
    this.count += 1
    if (this.lines.length < this.#mostLines) this.lines.push({ ...place, event, value: this.#scaled(value) })
    const { reduction, start } = this.measure
    if (reduction === 'united spans') this.#busy.add(start?.(event) ?? 0, value)
    else if (reduction === 'sum') this.#sum += value
    else if (reduction !== 'count' && reduction !== 'last') this.#values.push(value)
    this.#last = value
  }

  /** Undefined when a single number is asked for and there is none. */
  result(): number | undefined {
    const { reduction } = this.measure
    const value = this.#reduced(reduction)
    return value === undefined ? undefined : this.#scaled(value)
  }

  /** The values around a percentile, and where it lies between them. */
  percentile(share: number): { readonly position: number; readonly below: number; readonly above: number } | undefined {
    const sorted = this.#sorted()
    if (sorted.length === 0) return undefined
    const position = share * (sorted.length - 1)
    const below = sorted[Math.floor(position)] ?? 0
    return { position, below: this.#scaled(below), above: this.#scaled(sorted[Math.ceil(position)] ?? below) }
  }

  #scaled(value: number): number {
    return value * (this.measure.scale ?? 1)
  }

  #reduced(reduction: Measure['reduction']): number | undefined {
    if (typeof reduction === 'object') {
      if ('rank' in reduction) return this.#sorted().at(-1 - reduction.rank)
      return this.#values.slice(-reduction.mostKept)[reduction.position]
    }
    switch (reduction) {
      case 'count':
        return this.count
      case 'sum':
        return this.#sum
      case 'last':
        return this.#last
      case 'lowest':
        return this.#values.reduce<number | undefined>((low, value) => Math.min(low ?? value, value), undefined)
      case 'united spans':
        return this.#busy.microseconds()
      default:
        return this.#statistic(reduction)
    }
  }

  // Of nothing, every statistic is 0 in the file.
  #statistic(name: StatisticName): number {
    const sorted = this.#sorted()
    const sum = sorted.reduce((total, value) => total + value, 0)
    const mean = sorted.length > 0 ? sum / sorted.length : 0
    switch (name) {
      case 'min':
        return sorted[0] ?? 0
      case 'max':
        return sorted.at(-1) ?? 0
      case 'mean':
        return mean
      case 'std_dev':
        return deviation(sorted, mean)
      case 'median':
      case 'p50':
      case 'p95':
      case 'p99':
        return interpolated(sorted, shareOf(name))
      default:
        return name satisfies never
    }
  }

  #sorted(): Float64Array {
    return Float64Array.from(this.#values).sort()
  }
}

/** The share of the values that are not larger than a percentile. */
export function shareOf(name: 'median' | 'p50' | 'p95' | 'p99'): number {
  return { median: 0.5, p50: 0.5, p95: 0.95, p99: 0.99 }[name]
}

function deviation(values: Float64Array, mean: number): number {
  if (values.length < 2) return 0
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}

function interpolated(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const below = sorted[Math.floor(position)] ?? 0
  const above = sorted[Math.ceil(position)] ?? below
  return below + (above - below) * (position - Math.floor(position))
}
