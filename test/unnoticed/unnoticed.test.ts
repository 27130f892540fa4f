import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnswerServer, startAnswerServer } from '../fuzz/fetch-answers.ts'
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
  'strict.mjs': 2,
  'children.mjs': 1,
  'last-moments.mjs': 2,
  'no-hands.mjs': 1,
  'polluted.mjs': 2,
  'replaced-builtins.mjs': 3,
}

let server: AnswerServer
beforeAll(async () => {
  server = await startAnswerServer()
})
afterAll(() => server.close())

async function run(name: string, isWatched: boolean) {
  const directory = await scratchFolder()
  const child = spawn(node, [...(flags[name] ?? []), join(folder, name)], {
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

test.each(readdirSync(folder))('%s does the same with and without us', { timeout: 120_000 }, async (name) => {
  const [plain, watched] = await Promise.all([run(name, false), run(name, true)])
  expect(plain.seen.stdout, plain.stderr).not.toBe('')
  expect(watched.seen, watched.stderr).toEqual(plain.seen)
  if (!(name in requests)) return
  // A process without calls leaves no file.
  expect(watched.files > 0, `${watched.files} files`).toBe(requests[name] !== 0)
  expect(watched.counted).toBe(requests[name])
})
