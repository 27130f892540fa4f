import { spawn } from 'node:child_process'
import { createServer as createServer2 } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { isLong } from '../helpers/is-long.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'
import { hasOpenssl, selfSigned } from '../helpers/self-signed.ts'
import { answerRequest, startAnswerServer } from './fetch-answers.ts'

// Random requests over `node:http`, `node:https`, HTTP/2 and undici, made by two real processes: one by itself, one watched
// with `--import sygra/register`. SYGRA_FUZZ_NODE names another Node than this one.

const node = process.env.SYGRA_FUZZ_NODE ?? process.execPath
const count = isLong ? 1_000 : 30
const register = pathToFileURL(resolve('dist/instrument/register.js')).href

type Servers = Readonly<Record<string, string>>

async function startServers(): Promise<Servers> {
  const server = await startAnswerServer()
  const h2 = createServer2({}, answerRequest)
  const others: Server[] = [h2]
  const urls: Record<string, string> = { url: server.url, h2Url: `http://127.0.0.1:${await portOf(h2)}` }
  if (hasOpenssl) {
    const tls = createTlsServer(await selfSigned(), answerRequest)
    others.push(tls)
    urls.tlsUrl = `https://127.0.0.1:${await portOf(tls)}`
  }
  onTestFinished(() => {
    server.close()
    for (const other of others) other.close()
  })
  return urls
}

async function portOf(one: Server): Promise<number> {
  await new Promise<void>((done) => one.listen(0, '127.0.0.1', done))
  return (one.address() as AddressInfo).port
}

interface Task {
  readonly kind: string
  readonly servers: Servers
  /** How many sequences share the process at once. */
  readonly atOnce: number
}

/** What each seed has shown. */
type Seen = ReadonlyMap<number, string>

async function run({ kind, servers, atOnce }: Task, seeds: readonly number[], isWatched: boolean): Promise<Seen> {
  const program = join(import.meta.dirname, 'wire-program.mjs')
  const args = [program, JSON.stringify({ kind, seeds, atOnce, ...servers })]
  const environment = { SYGRA_OUTPUT_DIR: await scratchFolder(), NODE_NO_WARNINGS: '1' }
  const child = spawn(node, isWatched ? ['--import', register, ...args] : args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [text, problems] = ['', '']
  child.stdout.on('data', (chunk) => {
    text += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    problems += String(chunk)
  })
  const code = await new Promise((done) => child.on('close', done))
  expect([code, isWatched ? '' : problems]).toEqual([0, ''])
  const lines = text.split('\n').filter(Boolean)
  const seen = lines.map((line): { seed?: number; lines?: string[] } => JSON.parse(line))
  return new Map(seen.flatMap(({ seed, lines: all }) => (seed === undefined ? [] : [[seed, (all ?? []).join('\n')]])))
}

const replays = 3
/** How often a suspect is made without us in each replay: what depends on timing has several outcomes by itself. */
const plainPerReplay = 3

interface Comparison extends Task {
  readonly seeds: readonly number[]
  /** What the program has seen by itself; more is added. */
  readonly bare: Map<number, Set<string>>
  /** How often it is run by itself. */
  readonly times: number
}

/** The seeds of which a program has seen, watched, what it has never seen by itself. */
async function differences({ bare, times, seeds, ...task }: Comparison) {
  const plain = async () => {
    for (let time = 0; time < times; time += 1) {
      const seen = await run(task, seeds, false)
      expect(seen.size).toBe(seeds.length)
      for (const [seed, lines] of seen) bare.set(seed, (bare.get(seed) ?? new Set()).add(lines))
    }
  }
  const [watched] = await Promise.all([run(task, seeds, true), plain()])
  expect(watched.size).toBe(seeds.length)
  return [...watched].flatMap(([seed, seen]) => (bare.get(seed)?.has(seen) === true ? [] : [{ seed, seen }]))
}

test.each(['http', 'http2', 'undici'])(
  'a program that asks by %s sees the same with and without us',
  {
    timeout: 900_000,
  },
  async (kind) => {
    const given = process.env.SYGRA_FUZZ_SEED
    const first = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given)
    const seeds = given === undefined ? Array.from({ length: count }, (_, index) => first + index) : [first]
    const servers = await startServers()
    const bare = new Map<number, Set<string>>()
    let suspects = await differences({ kind, servers, atOnce: 12, seeds, bare, times: 1 })
    // What is a matter of timing differs now and then by itself: it counts when it comes again in each of three replays.
    for (let replay = 0; replay < replays && suspects.length > 0; replay += 1) {
      const again = suspects.map(({ seed }) => seed)
      suspects = await differences({ kind, servers, atOnce: 2, seeds: again, bare, times: plainPerReplay })
    }
    for (const { seed, seen } of suspects)
      expect.soft(seen, `SYGRA_FUZZ_SEED=${seed}`).toBe([...(bare.get(seed) ?? [])].at(-1))
  },
)
