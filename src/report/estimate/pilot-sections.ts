import { formatCount, formatSeconds, formatUsd } from '../text/format-values.ts'
import type { Cell, Section } from '../text/section.ts'
import { type Forecast, forecastSeconds, forecastSum } from './pilot-forecast.ts'

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
