/** A duration in integer microseconds: sums of integers are exact, whatever their order. NaN and negative ones are 0. */
export function microseconds(seconds: number): number {
  return seconds > 0 && seconds < 1e9 ? Math.round(seconds * 1e6) : 0
}
