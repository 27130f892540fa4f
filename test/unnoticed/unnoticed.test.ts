import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnswerServer, startAnswerServer } from '../fuzz/fetch-answers.ts'
import { isLong } from '../helpers/is-long.ts'
import { metadataIn } from '../helpers/run-program.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

// Programs that do what few do, each run by itself and watched: both must print the same and end alike. A new one is a new
// file in `programs`. SYGRA_FUZZ_NODE names another Node than this one.

const node = process.env.SYGRA_FUZZ_NODE ?? process.execPath
const register = pathToFileURL(resolve('dist/instrument/register.js')).href
const folder = join(import.meta.dirname, 'programs')

/** What Node is told before the name of a program. */
const flags: Readonly<Record<string, readonly string[]>> = {
  'strict.mjs': ['--frozen-intrinsics', '--disallow-code-generation-from-strings'],
}
/** How many requests of a program are in the account, where that is worth saying. */
const requests: Readonly<Record<string, number>> = {
  'exit-in-a-stream.mjs': 1,
  'own-context.mjs': 4,
  // Nothing is sent.
  'mocked-agent.mjs': 0,
  'moved-bodies.mjs': 3,
  'options.mjs': 42,
  'over-http.mjs': 2,
  'own-classes.mjs': 8,
  'requests.mjs': 6,
  // Its thread has no room for us.
  'small-heap.mjs': 0,
  'uploads.mjs': 7,
  'strict.mjs': 2,
  'children.mjs': 1,
  'last-moments.mjs': 2,
  'no-hands.mjs': 1,
  'polluted.mjs': 2,
  'replaced-builtins.mjs': 3,
}

/** Those that leave their process as they have found it: one is enough for all of them, or one for each with SYGRA_TEST_LONG=1. */
const together = isLong
  ? []
  : [
      'moved-bodies.mjs',
      'options.mjs',
      'own-classes.mjs',
      'own-context.mjs',
      'requests.mjs',
      'small-heap.mjs',
      'uploads.mjs',
      // Leaves a request that nobody ends.
      'over-http.mjs',
    ]

let server: AnswerServer
beforeAll(async () => {
  server = await startAnswerServer()
})
afterAll(() => server.close())

async function run(programs: readonly string[], isWatched: boolean) {
  const directory = await scratchFolder()
  const several = join(import.meta.dirname, 'several.mjs')
  const args =
    programs.length > 1
      ? [several, ...programs]
      : programs.flatMap((name) => [...(flags[name] ?? []), join(folder, name)])
  const child = spawn(node, args, {
    env: {
      ...process.env,
      MODEL_URL: server.url,
      SYGRA_OUTPUT_DIR: directory,
      NODE_NO_WARNINGS: '1',
      NODE_OPTIONS: isWatched ? `--import ${register}` : '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  const code = await new Promise((done) => child.on('close', (exitCode, signal) => done(exitCode ?? signal)))
  const files = metadataIn(directory)
  const counted = files.reduce((sum, { aggregate_statistics: all }) => sum + all.requests.total_requests, 0)
  return { seen: { code, stdout, hasErrors: stderr !== '' }, files: files.length, counted, stderr }
}

const alone = readdirSync(folder).filter((name) => !together.includes(name))
const processes = [...alone.map((name) => [name]), ...(together.length > 0 ? [together] : [])]

test.each(processes.map((programs) => ({ programs, name: programs.join(', ') })))(
  '$name: the same with and without us',
  { timeout: 120_000 },
  async ({ programs }) => {
    const [plain, watched] = await Promise.all([run(programs, false), run(programs, true)])
    for (const name of programs)
      if (programs.length > 1) expect(plain.seen.stdout).toMatch(new RegExp(`^${name}:\\n[^]`, 'm'))
    expect(plain.seen.stdout, plain.stderr).not.toBe('')
    expect(watched.seen, watched.stderr).toEqual(plain.seen)
    if (!programs.every((name) => name in requests)) return
    const count = programs.reduce((sum, name) => sum + (requests[name] ?? 0), 0)
    // A process without calls leaves no file.
    expect(watched.files > 0, `${watched.files} files`).toBe(count !== 0)
    expect(watched.counted).toBe(count)
  },
)
