import { type MoneySum, picodollarsPerUsd } from '../../metadata/cost.ts'

const perUsd = BigInt(picodollarsPerUsd)

/** A sum as integer picodollars. */
export function picodollarsOfSum({ dollars, picodollars }: MoneySum): bigint {
  return BigInt(dollars) * perUsd + BigInt(picodollars)
}

/** An amount in USD as a file has it, digit by digit: the shortest text of a number is the one that was written. */
export function picodollarsOfWritten(usd: number): bigint {
  const [mantissa = '0', exponent = '0'] = Math.abs(usd).toString().split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  const places = fraction.length - Number(exponent)
  // What stands behind the twelfth place is less than can be counted.
  const digits = `${whole}${fraction}${'0'.repeat(Math.max(0, 12 - places))}`
  const amount = BigInt(places > 12 ? digits.slice(0, 12 - places) || '0' : digits)
  return usd < 0 ? -amount : amount
}

/** Picodollars as decimal text of USD without zeros at its end: `0.000618`. */
export function usdText(picodollars: bigint): string {
  const sign = picodollars < 0n ? '-' : ''
  const amount = picodollars < 0n ? -picodollars : picodollars
  const fraction = (amount % perUsd).toString().padStart(12, '0').replace(/0+$/, '')
  return `${sign}${amount / perUsd}${fraction === '' ? '' : `.${fraction}`}`
}
