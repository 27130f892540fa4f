import { spawn } from 'node:child_process'
import { createServer as createServer2 } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { scratchFolder } from '../helpers/scratch-folder.ts'
import { hasOpenssl, selfSigned } from '../helpers/self-signed.ts'
import { answerRequest, startAnswerServer } from './fetch-answers.ts'

// Random requests over `node:http`, `node:https`, HTTP/2 and undici, made by two real processes: one by itself, one watched
// with `--import sygra/register`. SYGRA_FUZZ_NODE names another Node than this one.

const node = process.env.SYGRA_FUZZ_NODE ?? process.execPath
const count = process.env.SYGRA_TEST_LONG === '1' ? 1_000 : 100
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

/** The seeds whose sequences differ, with both. */
async function differences(task: Task, seeds: readonly number[]) {
  const [plain, watched] = await Promise.all([run(task, seeds, false), run(task, seeds, true)])
  expect([plain.size, watched.size]).toEqual([seeds.length, seeds.length])
  return seeds.flatMap((seed) => {
    const [bare, seen] = [plain.get(seed) ?? '', watched.get(seed) ?? '']
    return bare === seen ? [] : [{ seed, bare, seen }]
  })
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
    let suspects = await differences({ kind, servers, atOnce: 12 }, seeds)
    // What is a matter of timing differs now and then by itself: it counts when it comes again in each of three replays.
    for (let replay = 0; replay < 3 && suspects.length > 0; replay += 1) {
      const again = suspects.map(({ seed }) => seed)
      suspects = await differences({ kind, servers, atOnce: 2 }, again)
    }
    for (const { seed, bare, seen } of suspects) expect.soft(seen, `SYGRA_FUZZ_SEED=${seed}`).toBe(bare)
  },
)
