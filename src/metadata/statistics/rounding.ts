/** A duration in integer microseconds: sums of integers are exact, whatever their order. NaN and negative ones are 0. */
export function microseconds(seconds: number): number {
  return seconds > 0 && seconds < 1e9 ? Math.round(seconds * 1e6) : 0
}

/** Rounds at output: inside, sums are exact. A value that is no number becomes 0, so that a file never holds NaN. */
export function rounded(value: number, digits: number): number {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : 0
}

/** Seconds with 3 digits, from integer microseconds. */
export function roundedSeconds(microseconds: number): number {
  return rounded(microseconds / 1e6, 3)
}

/** USD with 6 digits. */
export function roundedUsd(usd: number): number {
  return rounded(usd, 6)
}

/** A quotient; 0 when there is nothing to divide by. */
export function ratio(numerator: number, denominator: number): number {
  return denominator > 0 ? numerator / denominator : 0
}
