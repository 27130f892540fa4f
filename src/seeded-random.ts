import { createHash } from 'node:crypto'

/** A source of numbers in [0, 1). */
export type Random = () => number

type State = [number, number, number, number]

/**
 * The generator xoshiro128** by David Blackman and Sebastiano Vigna (https://prng.di.unimi.it/xoshiro128starstar.c,
 * public domain), as a source of unsigned 32-bit integers. The state must not be all zero.
 */
export function xoshiro128(seed: Readonly<State>): () => number {
  const state: State = [...seed]
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(state[1], 5), 7), 9) >>> 0
    const shifted = state[1] << 9
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = rotateLeft(state[3], 11)
    return result
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

/** Random numbers that depend on the labels alone: the same labels give the same numbers, in any order of calls. */
export function randomOf(...labels: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(JSON.stringify(labels)).digest()
  const next = xoshiro128([
    digest.readUInt32LE(0),
    digest.readUInt32LE(4),
    digest.readUInt32LE(8),
    digest.readUInt32LE(12),
  ])
  return () => next() / 2 ** 32
}

/** A draw from the log-normal distribution with this mean; `sigma` is the deviation of its logarithm, 0 gives the mean. */
export function logNormal({ mean, sigma, random }: { mean: number; sigma: number; random: Random }): number {
  if (mean <= 0) return 0
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return mean * Math.exp(sigma * normal - (sigma * sigma) / 2)
}

/** An integer from `least` to `most`, both included. */
export function integerBetween({ least, most, random }: { least: number; most: number; random: Random }): number {
  return least + Math.floor(random() * (most - least + 1))
}

/** One of the items; the list must not be empty. */
export function oneOf<Item>(items: readonly [Item, ...Item[]] | readonly Item[], random: Random): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('no items to choose from')
  return item
}

/** So many random hexadecimal digits. */
export function hexOf(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
}
