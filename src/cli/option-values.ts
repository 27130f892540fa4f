import { InvalidArgumentError } from 'commander'

/** Reads the specification's `True` and `False`: true, 1, yes, on, false, 0, no, off, in any case. */
export function parseBoolean(value: string): boolean {
  if (/^(true|1|yes|on)$/i.test(value)) return true
  if (/^(false|0|no|off)$/i.test(value)) return false
  throw new InvalidArgumentError('expected True or False.')
}

/** Reads a whole number that is at least `minimum`. */
export function parseWholeNumber(minimum: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < minimum) {
      throw new InvalidArgumentError(`expected a whole number, ${minimum} or more.`)
    }
    return number
  }
}

/** Reads a number that is at least `minimum`. */
export function parseNumber(minimum: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (value.trim() === '' || !Number.isFinite(number) || number < minimum) {
      throw new InvalidArgumentError(`expected a number, ${minimum} or more.`)
    }
    return number
  }
}

const secondsPerUnit = { s: 1, min: 60, h: 3600, d: 86_400 } as const

/** Reads a time, such as `90`, `90s`, `30min`, `8h` or `2d`; gives seconds. */
export function parseSeconds(value: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(s|min|h|d)?$/.exec(value.trim()) ?? []
  if (number === undefined || Number(number) === 0) {
    throw new InvalidArgumentError('expected a time, such as 90 (seconds), 30min or 8h.')
  }
  return Number(number) * secondsPerUnit[unit as keyof typeof secondsPerUnit]
}

/** Reads how many records may fail: `10` or `5%`. */
export function parseFailures(value: string): string {
  if (/^\d+$/.test(value) || (/^\d+(\.\d+)?%$/.test(value) && Number.parseFloat(value) <= 100)) return value
  throw new InvalidArgumentError('expected a whole number, or a share such as 5%.')
}

/** Reads a JSON object. */
export function parseJsonObject(value: string): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(value)
  } catch {
    throw new InvalidArgumentError('expected a JSON object, such as \'{"key": 1}\'.')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new InvalidArgumentError('expected a JSON object.')
  }
  return Object.fromEntries(Object.entries(parsed))
}
