import { type HourlyPrice, type MoneySum, picodollarsPerUsd } from '../cost.ts'
import type { RequestEnd } from '../event.ts'
import { BusyTime } from '../statistics/busy-time.ts'
import { microseconds } from '../statistics/rounding.ts'

/** How long a machine was busy at one hourly price. */
export interface BusyEntry {
  readonly hourly: HourlyPrice
  readonly isSimulated: boolean
  readonly time: BusyTime
}

/**
 * Machines that are paid by the hour, by model. Requests overlap, so what they cost together is no sum over them: it belongs
 * to the model and to the run, and to no node.
 */
export class BusyTotals {
  readonly #byModel = new Map<string, Map<string, BusyEntry>>()

  add(request: RequestEnd): void {
    const { cost } = request
    if (cost?.hourly === undefined) return
    const entry = this.#entry(request.model, cost.hourly, cost.status === 'simulated')
    entry.time.add(Math.round(request.startedAtMs * 1000), microseconds(request.durationSeconds))
  }

  merge(other: BusyTotals): void {
    for (const [model, entries] of other.#byModel) {
      for (const { hourly, isSimulated, time } of entries.values()) {
        this.#entry(model, hourly, isSimulated).time.merge(time)
      }
    }
  }

  /** The machine of a model: several entries where its price changed. */
  ofModel(model: string): readonly BusyEntry[] {
    return [...(this.#byModel.get(model)?.values() ?? [])]
  }

  all(): readonly BusyEntry[] {
    return [...this.#byModel.values()].flatMap((entries) => [...entries.values()])
  }

  #entry(model: string, hourly: HourlyPrice, isSimulated: boolean): BusyEntry {
    let entries = this.#byModel.get(model)
    if (entries === undefined) {
      entries = new Map()
      this.#byModel.set(model, entries)
    }
    const { source, version, provider, product, tier, date } = hourly.price
    const key = [isSimulated, hourly.usdPerHour, source, version, provider, product, tier, date].join('\n')
    let entry = entries.get(key)
    if (entry === undefined) {
      entry = { hourly, isSimulated, time: new BusyTime() }
      entries.set(key, entry)
    }
    return entry
  }
}

/** What a machine cost while it was busy. */
export function busyMoney(busyMicroseconds: number, usdPerHour: number): MoneySum {
  const usd = (busyMicroseconds * usdPerHour) / 3.6e9
  const dollars = Math.floor(usd)
  const picodollars = Math.round((usd - dollars) * picodollarsPerUsd)
  // Rounding may reach the next dollar.
  return picodollars < picodollarsPerUsd ? { dollars, picodollars } : { dollars: dollars + 1, picodollars: 0 }
}
