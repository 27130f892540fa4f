import { expect } from 'vitest'

/** Random numbers that are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to below the limit. */
  below(limit: number): number
  pick<Item>(items: readonly Item[]): Item
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const below = (limit: number) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296) * limit)
  }
  return {
    below,
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}

/** Makes the sequence of a seed, watched or not, and gives what the program could see of it, line by line. */
export type RunSequence = (random: Random, how: { readonly isWatched: boolean }) => Promise<readonly string[]>

/** How many sequences a fuzz runs. */
const count = process.env.SYGRA_TEST_LONG === '1' ? 3_000 : 300
const atOnce = 8

/**
 * Runs random sequences with and without us, and expects the program to see the same. Seeds are new each time, and printed
 * where one fails; `SYGRA_FUZZ_SEED` runs that one again. What is a matter of timing differs now and then by itself: a
 * difference counts when it comes again in each of three replays.
 */
export async function expectNoDifference(run: RunSequence): Promise<void> {
  const given = process.env.SYGRA_FUZZ_SEED
  const first = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given)
  const seeds = given === undefined ? Array.from({ length: count }, (_, index) => first + index) : [first]
  const suspects: number[] = []
  const work = async () => {
    for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) {
      if ((await differenceOf(run, seed)) !== undefined) suspects.push(seed)
    }
  }
  const endIgnoring = ignoreRejectionsOfNode()
  await Promise.all(Array.from({ length: atOnce }, work))
  for (const seed of suspects) {
    let difference: readonly [string, string] | undefined
    for (let replay = 0; replay < 3; replay += 1) {
      difference = await differenceOf(run, seed)
      if (difference === undefined) break
    }
    if (difference !== undefined) expect(difference[1], `SYGRA_FUZZ_SEED=${seed}`).toBe(difference[0])
  }
  endIgnoring()
}

// Node lets some errors go by itself, with us and without: 24 and 26 put a chunk into a body that was left a moment before,
// and 22 forgets a stream that was moved to another thread when its signal is aborted.
function ignoreRejectionsOfNode(): () => void {
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  const judge = (reason: unknown, promise: Promise<unknown>) => {
    if (reason instanceof TypeError && reason.message.includes('is already closed')) return
    if (reason instanceof DOMException && reason.name === 'AbortError') return
    for (const listener of listeners) listener(reason, promise)
  }
  process.on('unhandledRejection', judge)
  return () => {
    process.off('unhandledRejection', judge)
    for (const listener of listeners) process.on('unhandledRejection', listener)
  }
}

/** What the program sees by itself and watched; undefined when that is the same. */
async function differenceOf(run: RunSequence, seed: number): Promise<readonly [string, string] | undefined> {
  const [plain, watched] = await Promise.all([
    run(createRandom(seed), { isWatched: false }),
    run(createRandom(seed), { isWatched: true }),
  ])
  const [bare, seen] = [plain.join('\n'), watched.join('\n')]
  return bare === seen ? undefined : [bare, seen]
}
