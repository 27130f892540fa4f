import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { converseAnswer } from '../../test/helpers/bedrock-answers.ts'
import {
  type Answer,
  chatCompletion,
  type FaultServer,
  sendJson,
  startFaultServer,
} from '../../test/helpers/fault-server.ts'
import { type Http2Server, respondJson, startHttp2Server } from '../../test/helpers/http2-server.ts'
import { isLong } from '../../test/helpers/is-long.ts'
import { metadataIn, type ProgramOptions, runProgram } from '../../test/helpers/run-program.ts'
import { scratchFolder } from '../../test/helpers/scratch-folder.ts'
import { readFinishedRun } from '../cli/files/read-run.ts'
import type { Metadata } from '../metadata/schema.ts'
import { recoverRun } from '../workflow/run/past/recover-run.ts'

let server: FaultServer | Http2Server | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const answerAll: Answer = (response) => sendJson(response, 200, chatCompletion())

async function run(name: string, options: Partial<ProgramOptions> = {}, answer = answerAll) {
  server ??= await startFaultServer(answer)
  const environment = { MODEL_URL: server.url, ...options.environment }
  return runProgram({ directory: await scratchFolder(), ...options, name, environment })
}

/** Of programs of which the SDK does not matter. */
const noSdk = { PROGRAM_CLIENT: 'http' }

test.each(['ask.mjs', 'ask.cjs'])('%s, unchanged, leaves an account of both attempts of a 429', async (name) => {
  const { code, stdout, stderr, files } = await run(name, {}, (response, _request, index) =>
    index === 0
      ? sendJson(response, 429, { error: { message: 'slow down' } }, { 'retry-after-ms': '5' })
      : sendJson(response, 200, chatCompletion()),
  )
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'Hello\n', stderr: '' })
  expect(files).toHaveLength(1)
  const [file] = files
  expect(file?.status).toBe('complete')
  expect(file?.execution.task_name).toBe('ask')
  expect(file?.aggregate_statistics.requests).toMatchObject({ total_requests: 2, total_retries: 1, total_failures: 0 })
  expect(file?.aggregate_statistics.tokens.total_tokens).toBe(136)
  expect(file?.aggregate_statistics.cost.total_cost_usd).toBeGreaterThan(0)
})

/** The calls that follow the first one fast are recorded together. */
const ends = [
  { end: 'exit', how: { code: 3, signal: null }, reason: 'exit code 3', more: 300, client: 'sdk' },
  { end: 'throw', how: { code: 1, signal: null }, reason: 'uncaught error', more: 300, client: 'http' },
  { end: 'throw-at-exit', how: { code: 1, signal: null }, reason: 'uncaught error', more: 0, client: 'http' },
  { end: 'exit-at-exit', how: { code: 5, signal: null }, reason: 'exit code 5', more: 0, client: 'http' },
] as const
const endsByBoth = ends.flatMap((one) => [
  { ...one, client: 'sdk' },
  { ...one, client: 'http', more: 0 },
])

test.each(isLong ? endsByBoth : ends)(
  'a program that ends by $end, after $more more calls by $client, keeps its exit code and leaves its account',
  async ({ end, how, reason, more, client }) => {
    const directory = await scratchFolder()
    const environment = { PROGRAM_END: end, PROGRAM_CALLS: String(more), PROGRAM_CLIENT: client }
    const { code, signal, files } = await run('ask.mjs', { directory, environment })
    expect({ code, signal }).toEqual(how)
    expect(files).toHaveLength(1)
    expect(files[0]?.status).toBe('failed')
    expect(JSON.stringify(files[0])).toContain(`"reason":"${reason}"`)
    expect(files[0]?.aggregate_statistics.requests).toMatchObject({ total_requests: 1 + more, total_failures: 0 })
    const [ledger = ''] = readdirSync(join(directory, 'metadata')).filter((name) => name.startsWith('ledger_'))
    const { metadata } = await recoverRun(join(directory, 'metadata', ledger))
    expect(metadata.aggregate_statistics.tokens.total_tokens).toBe((1 + more) * 136)
    expect(metadata.aggregate_statistics.requests.in_flight_requests ?? 0).toBe(0)
  },
)

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

test.each(isLong ? signals : signals.slice(0, 1))(
  '%s ends a busy program as it does without us, and whoever reads its account finishes it',
  async (signal) => {
    const directory = await scratchFolder()
    const ended = await run('ask.mjs', { directory, signal, environment: { ...noSdk, PROGRAM_END: 'busy' } })
    expect({ code: ended.code, signal: ended.signal }).toEqual({ code: null, signal })
    expect(ended.files.map(({ status }) => status)).toEqual(['running'])
    const [file = ''] = readdirSync(join(directory, 'metadata')).filter((name) => name.startsWith('metadata_'))
    const finished = await readFinishedRun(join(directory, 'metadata', file))
    expect(finished).toMatchObject({ status: 'interrupted' })
    expect(finished.execution.timing.end_time).not.toBeNull()
    expect(finished.aggregate_statistics.requests).toMatchObject({ total_requests: 1, total_failures: 0 })
    expect(metadataIn(directory)).toEqual([finished])
  },
)

test('a program without a ledger that a signal ended is finished from its file', async () => {
  const directory = await scratchFolder()
  const environment = { ...noSdk, PROGRAM_END: 'busy', SYGRA_LEDGER: '0' }
  await run('ask.mjs', { directory, signal: 'SIGTERM', environment })
  const [file = ''] = readdirSync(join(directory, 'metadata'))
  const finished = await readFinishedRun(join(directory, 'metadata', file))
  expect(finished.status).toBe('interrupted')
  expect(finished.execution.timing.end_time).not.toBeNull()
  expect(metadataIn(directory)).toEqual([finished])
})

test('watched or not, a program finds the same listeners on its process, and the same names on globalThis, as test runners look for that are leaked', async () => {
  const environment = { PROGRAM_END: 'look' }
  const [plain, watched] = [
    await run('ask.mjs', { isRegistered: false, environment }),
    await run('ask.mjs', { environment }),
  ]
  const seen = ({ stdout }: { stdout: string }): { names: string[]; listeners: Record<string, number> } =>
    JSON.parse(stdout.split('\n')[1] ?? '')
  expect(watched.files).toHaveLength(1)
  expect(seen(watched).names).toEqual(seen(plain).names)
  const { listeners } = seen(plain)
  expect(seen(watched).listeners).toEqual({ ...listeners, exit: (listeners.exit ?? 0) + 1 })
})

test('a program that handles a signal ends as it decides', async () => {
  const { code, signal, files } = await run('ask.mjs', {
    signal: 'SIGTERM',
    environment: { ...noSdk, PROGRAM_END: 'listen' },
  })
  expect({ code, signal }).toEqual({ code: 143, signal: null })
  expect(files).toHaveLength(1)
  expect(files[0]).toMatchObject({ status: 'interrupted', execution: { reason: 'SIGTERM' } })
})

test('a program that outlives a signal ends as it would have', async () => {
  const { code, files } = await run('ask.mjs', { signal: 'SIGHUP', environment: { ...noSdk, PROGRAM_END: 'outlive' } })
  expect(code).toBe(0)
  expect(files).toHaveLength(1)
  expect(files[0]?.status).toBe('complete')
  expect(files[0]?.execution.sessions).toHaveLength(1)
  expect(files[0]?.aggregate_statistics.requests.total_requests).toBe(2)
})

test('a program that goes on can be watched, and one that is killed has lost nothing', async () => {
  const directory = await scratchFolder()
  const environment = { ...noSdk, PROGRAM_END: 'wait' }
  let watched: readonly Metadata[] = []
  const whenReady = () => {
    watched = metadataIn(directory)
  }
  const { signal, files } = await run('ask.mjs', { directory, environment, signal: 'SIGKILL', whenReady })
  expect(signal).toBe('SIGKILL')
  expect(watched.map(({ status }) => status)).toEqual(['running'])
  expect(files).toHaveLength(1)
  const [ledger = ''] = readdirSync(join(directory, 'metadata')).filter((name) => name.startsWith('ledger_'))
  const { metadata } = await recoverRun(join(directory, 'metadata', ledger))
  expect(metadata.status).toBe('interrupted')
  expect(metadata.aggregate_statistics.tokens.total_tokens).toBe(136)
  expect(metadata.aggregate_statistics.requests).toMatchObject({ total_requests: 1, total_failures: 0 })
})

test('a folder that cannot be written to is told at the end, and the program is as it was', async () => {
  const directory = await scratchFolder()
  writeFileSync(join(directory, 'metadata'), 'in the way')
  const { code, stdout, stderr } = await run('ask.mjs', { directory, environment: noSdk })
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello\n' })
  expect(stderr).toMatch(/^sygra: no metadata written: .*metadata/)
})

test('SYGRA_LEDGER=0 keeps no ledger, and the account is the same; SYGRA_TASK names its file', async () => {
  const directory = await scratchFolder()
  const environment = { ...noSdk, SYGRA_LEDGER: '0', SYGRA_TASK: 'nightly.report' }
  const { files } = await run('ask.mjs', { directory, environment })
  expect(files[0]?.aggregate_statistics.tokens.total_tokens).toBe(136)
  expect(files[0]?.execution.task_name).toBe('nightly.report')
  expect(readdirSync(join(directory, 'metadata'))).toHaveLength(1)
})

test('node:http is seen, to the last byte before process.exit', async () => {
  const { code, files } = await run('ask-over-http.cjs')
  expect(code).toBe(0)
  expect(files[0]?.aggregate_statistics.tokens.total_tokens).toBe(136)
})

test("Bedrock's own transport is seen", async () => {
  server = await startHttp2Server((stream) => respondJson(stream, 200, converseAnswer))
  const { code, files } = await run('ask-bedrock.mjs')
  expect(code).toBe(0)
  expect(files[0]?.aggregate_statistics.tokens.total_tokens).toBe(136)
})

test('a program that calls no model leaves no file', async () => {
  const { code, files, stderr } = await run('ask-nothing.mjs')
  expect({ code, files, stderr }).toEqual({ code: 0, files: [], stderr: '' })
})

test('SYGRA_DISABLE_METADATA leaves the process alone', async () => {
  const { code, stdout, files } = await run('ask.mjs', { environment: { ...noSdk, SYGRA_DISABLE_METADATA: '1' } })
  expect({ code, stdout, files }).toEqual({ code: 0, stdout: 'Hello\n', files: [] })
})

test('a program that loads the package itself shares one account with the copy that watches it', async () => {
  const { stdout, files } = await run('ask-inside-and-outside.mjs', { environment: noSdk })
  expect(stdout).toBe('Hello\ncollector: 1\n')
  expect(files[0]?.aggregate_statistics.requests.total_requests).toBe(1)
})

test('fake timers of a program do not reach us: it sees none of ours, and the account has the time of day', async () => {
  const { stdout, files } = await run('fake-timers.mjs')
  expect(JSON.parse(stdout)).toEqual({ seen: [] })
  const [file] = files
  expect(file?.aggregate_statistics.tokens.total_tokens).toBe(136)
  expect(Date.parse(file?.execution.timing.start_time ?? '')).toBeGreaterThan(1_600_000_000_000)
})

test('many requests on one signal give no warning that they would not give by themselves', async () => {
  const { stdout, files } = await run('one-signal.mjs')
  expect(JSON.parse(stdout)).toEqual({ warnings: 0 })
  expect(files[0]?.aggregate_statistics.requests.total_requests).toBe(1_600)
})

const withAndWithoutWire: [string, number][] = [
  ['0', 2],
  ['1', 3],
]

// With a call at the wire beside them they are in `test/sdk/in-process.test.ts`, too.
test.each(isLong ? withAndWithoutWire : withAndWithoutWire.slice(0, 1))(
  'models in the process leave their account, with ASK_WIRE=%s, and ledger and file agree',
  async (wire, requests) => {
    const directory = await scratchFolder()
    const { code, stderr, files } = await run('ask-in-process.mjs', { directory, environment: { ASK_WIRE: wire } })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(files).toHaveLength(1)
    expect(files[0]).toMatchObject({ status: 'complete', nodes: { first: { total_executions: 1 } } })
    expect(files[0]?.aggregate_statistics.requests.total_requests).toBe(requests)
    const [ledger = ''] = readdirSync(join(directory, 'metadata')).filter((name) => name.startsWith('ledger_'))
    const { metadata } = await recoverRun(join(directory, 'metadata', ledger))
    expect(metadata.aggregate_statistics.tokens).toEqual(files[0]?.aggregate_statistics.tokens)
    expect(metadata.aggregate_statistics.requests).toEqual(files[0]?.aggregate_statistics.requests)
  },
)
