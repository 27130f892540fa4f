import { formatCount, formatSeconds, formatUsd } from '../text/format-values.ts'
import type { Cell, Section } from '../text/section.ts'

/** An amount of the whole, and the interval that holds it in 8 of 10 runs. */
interface Forecast {
  readonly value: number
  readonly from: number
  readonly to: number
}

interface Sample {
  /** What each record of the pilot came to. */
  readonly values: readonly number[]
  /** Records that are left. */
  readonly left: number
}

/**
 * What all records come to together, told from those of a pilot: a t-interval for the sum of those that are left, which vary
 * themselves, beside what is known. It holds as far as the others are like them. Undefined with fewer than two records.
 */
export function forecastSum({ values, left }: Sample): Forecast | undefined {
  const statistics = meanAndDeviation(values)
  if (statistics === undefined) return undefined
  const { mean, deviation, sum } = statistics
  const value = sum + left * mean
  const half = tOf(values) * deviation * Math.sqrt(left + left ** 2 / values.length)
  return { value, from: Math.max(sum, value - half), to: value + half }
}

/**
 * How long the whole takes when so many records are in work at once: what the pilot took, and the others one after the other
 * in so many rows. A t-interval for their mean.
 */
export function forecastSeconds(
  sample: Sample,
  { tookSeconds, atOnce }: { readonly tookSeconds: number; readonly atOnce: number },
): Forecast | undefined {
  const statistics = meanAndDeviation(sample.values)
  if (statistics === undefined) return undefined
  const { mean, deviation } = statistics
  const perRecord = 1 / Math.max(1, Math.min(atOnce, sample.left))
  const secondsFor = (seconds: number) => tookSeconds + Math.max(0, seconds) * sample.left * perRecord
  const half = tOf(sample.values) * deviation * Math.sqrt(1 / sample.values.length + 1 / Math.max(1, sample.left))
  return { value: secondsFor(mean), from: secondsFor(mean - half), to: secondsFor(mean + half) }
}

function tOf(values: readonly number[]): number {
  return eightyPercentOfStudent(values.length - 1)
}

function meanAndDeviation(values: readonly number[]) {
  if (values.length < 2) return undefined
  const sum = values.reduce((total, value) => total + value, 0)
  const mean = sum / values.length
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0)
  return { sum, mean, deviation: Math.sqrt(squares / (values.length - 1)) }
}

/** Upper end of the interval around 0 that holds 80 % of a normal distribution. */
const normal = 1.2815515655

/**
 * The same for Student's distribution with so many degrees of freedom: the first two exactly, the others by Cornish and
 * Fisher's expansion, right to 0.002.
 */
export function eightyPercentOfStudent(degrees: number): number {
  if (degrees <= 1) return Math.tan(Math.PI * 0.4)
  if (degrees === 2) return 0.8 * Math.sqrt(2 / (4 * 0.9 * 0.1))
  const z = normal
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3
}

/** What one record of a pilot came to. */
export interface PilotRecord {
  readonly usd: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly requests: number
  readonly seconds: number
}

export interface Pilot {
  readonly records: readonly PilotRecord[]
  /** How many records there are in all. */
  readonly totalRecords: number
  readonly tookSeconds: number
  /** How many records are in work at once. */
  readonly atOnce: number
  readonly failed: number
  /** Answers without a known cost: what is told of the cost is a lower bound. */
  readonly unpricedRequests: number
  readonly isSimulated: boolean
}

/** An amount in the pilot, and in the whole where that can be told. */
export interface PilotFigure {
  readonly pilot: number
  readonly whole: Forecast | undefined
}

/** What a pilot came to, and what the whole run will come to. */
export interface PilotForecast {
  readonly records: number
  readonly totalRecords: number
  readonly costUsd: PilotFigure
  readonly seconds: PilotFigure
  readonly requests: PilotFigure
  readonly promptTokens: PilotFigure
  readonly completionTokens: PilotFigure
}

/** Works the forecast of a pilot out. */
export function forecastOf({ records, totalRecords, tookSeconds, atOnce }: Pilot): PilotForecast {
  const left = Math.max(0, totalRecords - records.length)
  const valuesOf = (key: keyof PilotRecord) => records.map((record) => record[key])
  const figureOf = (key: keyof PilotRecord): PilotFigure => ({
    pilot: valuesOf(key).reduce((sum, value) => sum + value, 0),
    whole: forecastSum({ values: valuesOf(key), left }),
  })
  return {
    records: records.length,
    totalRecords,
    costUsd: figureOf('usd'),
    seconds: {
      pilot: tookSeconds,
      whole: forecastSeconds({ values: valuesOf('seconds'), left }, { tookSeconds, atOnce }),
    },
    requests: figureOf('requests'),
    promptTokens: figureOf('promptTokens'),
    completionTokens: figureOf('completionTokens'),
  }
}

/** The pilot of a run, and what the whole will come to. */
export function pilotSections(pilot: Pilot): Section[] {
  const { records, totalRecords, unpricedRequests, isSimulated } = pilot
  const forecast = forecastOf(pilot)
  const usd = (value: number) => `${unpricedRequests > 0 ? '≥ ' : ''}${formatUsd(value)}`
  const count = (value: number) => formatCount(Math.round(value))
  const row = (name: string, { pilot: now, whole }: PilotFigure, format: (value: number) => string): Cell[] => [
    name,
    format(now),
    ...forecastCells(whole, format),
  ]
  return [
    {
      type: 'table',
      title: 'Forecast',
      notes: notesOf(pilot, Math.max(0, totalRecords - records.length)),
      columns: [
        { title: '', align: 'left' },
        { title: `pilot of ${formatCount(records.length)}`, align: 'right' },
        { title: `all ${formatCount(totalRecords)}`, align: 'right' },
        { title: '80% between', align: 'right' },
        { title: 'and', align: 'right' },
      ],
      rows: [
        row(isSimulated ? 'cost (simulated)' : 'cost', forecast.costUsd, usd),
        row('time', forecast.seconds, formatSeconds),
        row('requests', forecast.requests, count),
        row('tokens in', forecast.promptTokens, count),
        row('tokens out', forecast.completionTokens, count),
      ],
    },
  ]
}

function forecastCells(forecast: Forecast | undefined, format: (value: number) => string): Cell[] {
  return forecast === undefined ? ['–', '–', '–'] : [format(forecast.value), format(forecast.from), format(forecast.to)]
}

function notesOf({ records, failed, atOnce }: Pilot, left: number): string[] {
  if (records.length < 2) return ['Two records at least are needed to tell anything of the others.']
  const few = records.length < 10 ? ' Ten records or more would tell more.' : ''
  return [
    `If the other ${formatCount(left)} are like these. t-interval over records, for the sum of those that are left.${few}`,
    `Time: ${formatCount(atOnce)} records in work at once, and no slower than in the pilot.`,
    ...(failed > 0 ? [`${formatCount(failed)} of them failed, and are counted with what they cost.`] : []),
  ]
}
