/**
 * How numbers look, in the terminal and in the studio alike. `undefined` and `null` are not known and become a dash; so
 * does what is no number, because files may come from anywhere.
 */

/** Stands for what is not known. */
export const unknownMark = '–'

type MaybeNumber = number | null | undefined

/** An amount of USD, with three digits that count and at least two decimals: `$12.34`, `$0.000618`, `$0.00` for 0 alone. */
export function formatUsd(usd: MaybeNumber): string {
  if (!isKnown(usd)) return unknownMark
  const amount = Math.abs(usd)
  const sign = usd < 0 ? '-' : ''
  if (amount === 0) return '$0.00'
  if (amount >= 1) return `${sign}$${grouped(amount, 2)}`
  if (amount < 1e-12) return `${sign}$${amount.toExponential(2)}`
  const decimals = 2 - Math.floor(Math.log10(amount))
  return `${sign}$${withoutZeros(amount.toFixed(decimals), 2)}`
}

/** An amount of USD with all its digits, to 1e-12, as receipts have it: `$0.0010053`, `$1.875`, `$1,234.50`. */
export function formatExactUsd(usd: MaybeNumber): string {
  if (!isKnown(usd)) return unknownMark
  const amount = Math.abs(usd)
  // A double has 15 digits that count; more would be noise.
  const decimals = Math.max(2, 12 - Math.max(0, Math.floor(Math.log10(Math.max(amount, 1))) - 2))
  return `${usd < 0 ? '-' : ''}$${withoutZeros(grouped(amount, decimals), 2)}`
}

/** A duration: `412 ms`, `3.20 s`, `2 min 05 s`, `1 h 02 min`, `3 d 04 h`. */
export function formatSeconds(seconds: MaybeNumber): string {
  if (!isKnown(seconds)) return unknownMark
  const length = Math.abs(seconds)
  const sign = seconds < 0 ? '-' : ''
  if (length < 0.9995) return `${sign}${formatMilliseconds(length * 1000)}`
  if (length < 9.995) return `${sign}${length.toFixed(2)} s`
  if (length < 59.95) return `${sign}${length.toFixed(1)} s`
  const wholeSeconds = Math.round(length)
  if (wholeSeconds < 3600) return sign + twoUnits(wholeSeconds, { large: 60, largeName: 'min', smallName: 's' })
  const wholeMinutes = Math.round(length / 60)
  if (wholeMinutes < 48 * 60) return sign + twoUnits(wholeMinutes, { large: 60, largeName: 'h', smallName: 'min' })
  return sign + twoUnits(Math.round(length / 3600), { large: 24, largeName: 'd', smallName: 'h' })
}

/** A whole number: `12,345`. */
export function formatCount(count: MaybeNumber): string {
  return isKnown(count) ? grouped(Math.round(count), 0) : unknownMark
}

/** A share as per cent: `98.5%`. Only 0 is `0%` and only 1 is `100%`. */
export function formatPercent(share: MaybeNumber): string {
  if (!isKnown(share)) return unknownMark
  const percent = share * 100
  if (Number.isInteger(percent)) return `${grouped(percent, 0)}%`
  // One of a million failed must not look like none.
  for (const decimals of [1, 2, 3, 4]) {
    const text = percent.toFixed(decimals)
    if (Number(text) !== 0 && Number(text) !== 100) return `${withoutZeros(text, 0)}%`
  }
  return percent < 50 ? '< 0.0001%' : '> 99.9999%'
}

/** A change as per cent with its sign: `+5.2%`, `-12%`, `±0%`. */
export function formatChange(share: MaybeNumber): string {
  if (!isKnown(share)) return unknownMark
  if (share === 0) return '±0%'
  const sign = share > 0 ? '+' : '-'
  const percent = Math.abs(share) * 100
  if (percent < 0.05) return `${sign}< 0.1%`
  return `${sign}${percent >= 99.95 ? grouped(percent, 0) : withoutZeros(percent.toFixed(1), 0)}%`
}

/** So many per second: `12.3 records/s`, or `12.3/s` without a noun; per minute or hour where that reads better. */
export function formatRate(perSecond: MaybeNumber, noun?: string): string {
  if (!isKnown(perSecond)) return unknownMark
  const of = noun === undefined ? '' : ` ${noun}`
  if (perSecond === 0 || perSecond >= 1) return `${threeDigits(perSecond)}${of}/s`
  if (perSecond * 60 >= 1) return `${threeDigits(perSecond * 60)}${of}/min`
  return `${threeDigits(perSecond * 3600)}${of}/h`
}

/** A size in units of 1000: `512 B`, `1.2 MB`. */
export function formatBytes(bytes: MaybeNumber): string {
  if (!isKnown(bytes)) return unknownMark
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let size = Math.abs(bytes)
  let unit = 0
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1
  return `${bytes < 0 ? '-' : ''}${withoutZeros(size.toFixed(digits), 0)} ${units[unit]}`
}

/** A count with its noun: `1 record`, `12 records`. */
export function formatQuantity(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

function isKnown(value: MaybeNumber): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function formatMilliseconds(milliseconds: number): string {
  if (milliseconds === 0) return '0 ms'
  if (milliseconds >= 9.95) return `${milliseconds.toFixed(0)} ms`
  if (milliseconds < 0.001) return '< 0.001 ms'
  return `${withoutZeros(milliseconds.toPrecision(2), 0)} ms`
}

function twoUnits(total: number, units: { large: number; largeName: string; smallName: string }): string {
  const small = String(total % units.large).padStart(2, '0')
  return `${formatCount(Math.floor(total / units.large))} ${units.largeName} ${small} ${units.smallName}`
}

function threeDigits(value: number): string {
  if (value >= 99.95) return grouped(value, 0)
  return withoutZeros(value.toFixed(value >= 9.995 ? 1 : 2), 0)
}

function withoutZeros(text: string, minDecimals: number): string {
  const [whole = '', decimals = ''] = text.split('.')
  const kept = decimals.replace(/0+$/, '').padEnd(minDecimals, '0')
  return kept === '' ? whole : `${whole}.${kept}`
}

function grouped(value: number, decimals: number): string {
  const [whole = '', rest] = value.toFixed(decimals).split('.')
  const groups = whole.replaceAll(/\d(?=(?:\d{3}){1,7}$)/g, '$&,')
  return rest === undefined ? groups : `${groups}.${rest}`
}

const isoPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/

/** A timestamp as it was written, to the second: `2026-11-23 18:19:07 +01:00`. What is no timestamp becomes a dash. */
export function formatDateTime(iso: string | null | undefined): string {
  const [, date, time, offset] = isoPattern.exec(iso ?? '') ?? []
  if (date === undefined || time === undefined) return unknownMark
  if (offset === undefined) return `${date} ${time}`
  return `${date} ${time} ${offset === 'Z' ? '+00:00' : offset}`
}

/** A timestamp as it was written, to the minute and without its offset, for lists: `2026-11-23 18:19`. */
export function formatShortDateTime(iso: string | null | undefined): string {
  const text = formatDateTime(iso)
  return text === unknownMark ? text : text.slice(0, 16)
}
