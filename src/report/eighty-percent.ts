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
