import { InvalidArgumentError } from 'commander'

const unitMs: Readonly<Record<string, number>> = { min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Reads a moment: `7d`, `24h`, `30min`, `2w` ago, or a date such as `2026-11-01` or `2026-11-01T12:00`. */
export function parseSince(value: string, nowMs: number = Date.now()): number {
  const [, amount, unit = ''] = /^(\d+)(min|h|d|w)$/.exec(value) ?? []
  if (amount !== undefined) return nowMs - Number(amount) * (unitMs[unit] ?? 0)
  // A date alone would be read as UTC; people mean their own midnight.
  const moment = Date.parse(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00` : value)
  if (Number.isNaN(moment) || !/^\d{4}-/.test(value)) {
    throw new InvalidArgumentError('expected 7d, 24h, 30min or a date such as 2026-11-01.')
  }
  return moment
}
