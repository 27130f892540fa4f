// Makes random sequences of requests to a model over one transport, and prints what a program could see of each, a line of
// JSON a sequence. Run by itself and with `--import sygra/register` it must print the same.
//   node wire-program.mjs '{"kind":"http","seeds":[1,2],"atOnce":12,"url":"http://127.0.0.1:1","tlsUrl":…,"h2Url":…}'
import { httpSequence } from './wire-http.mjs'
import { http2Sequence } from './wire-http2.mjs'
import { undiciSequence } from './wire-undici.mjs'

const { kind, seeds, atOnce, ...servers } = JSON.parse(process.argv[2] ?? '{}')
const sequences = { http: httpSequence, http2: http2Sequence, undici: undiciSequence }

// What Node lets go by itself, with us and without, is a line like any other.
process.on('uncaughtException', (error) => noteLoose(error))
process.on('unhandledRejection', (error) => noteLoose(error))
const loose = []
function noteLoose(error) {
  loose.push(`${error?.name}: ${error?.message}`)
}

// What a watched program loads for its first request takes a while; no sequence is to wait for it.
for (let seed = 0; seed < 5; seed += 1) {
  await sequences[kind]({ random: createRandom(seed), servers, lines: [] }).catch(() => {})
}

const left = [...seeds]
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let seed = left.pop(); seed !== undefined; seed = left.pop()) {
      const lines = []
      await sequences[kind]({ random: createRandom(seed), servers, lines }).catch((error) =>
        lines.push(`threw ${error}`),
      )
      process.stdout.write(`${JSON.stringify({ seed, lines })}\n`)
    }
  }),
)
process.stdout.write(`${JSON.stringify({ loose: loose.sort() })}\n`, () => process.exit(0))

/** Random numbers that are the same for the same seed (mulberry32). */
function createRandom(seed) {
  let state = seed >>> 0
  const below = (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296) * limit)
  }
  return { below, pick: (items) => items[below(items.length)] }
}
