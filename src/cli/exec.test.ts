import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import {
  chatChunk,
  chatCompletion,
  type FaultServer,
  sendJson,
  startFaultServer,
} from '../../test/helpers/fault-server.ts'
import { runCli, runCliInShared } from '../../test/helpers/run-cli.ts'
import { metadataIn } from '../../test/helpers/run-program.ts'
import { scratchFolder } from '../../test/helpers/scratch-folder.ts'
import { recoverRun } from '../workflow/run/past/recover-run.ts'

let server: FaultServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const program = (name: string) => resolve('test/fixtures/programs', name)

/** Of programs of which the SDK, and what it repeats, do not matter. */
const noSdk = { PROGRAM_CLIENT: 'http' }

/** By `runCliInShared` what the program itself writes is not caught. */
async function exec(args: readonly string[], environment: NodeJS.ProcessEnv = {}, runExec = runCli) {
  server = await startFaultServer((response, _request, index) =>
    index === 0 && environment.PROGRAM_CLIENT !== 'http'
      ? sendJson(response, 429, { error: { message: 'slow down' } }, { 'retry-after-ms': '5' })
      : sendJson(response, 200, chatCompletion()),
  )
  const directory = await scratchFolder()
  const run = await runExec(['exec', ...args], { directory, environment: { MODEL_URL: server.url, ...environment } })
  return { ...run, directory }
}

test('a program as it is shows two attempts of a 429 and their cost, beside its own output', async () => {
  const { code, stdout, stderr, directory } = await exec(['--task', 'nightly', '--', 'node', program('ask.mjs')])
  expect(code).toBe(0)
  expect(stdout).toBe('Hello\n')
  expect(stderr).toMatch(/nightly/)
  expect(stderr).toMatch(/gpt-4o-mini/)
  expect(stderr).toMatch(/\$0\.0000/)
  expect(stderr).toMatch(/Metadata: .*metadata_nightly_/)
  expect(metadataIn(directory)[0]?.aggregate_statistics.requests).toMatchObject({ total_requests: 2, total_retries: 1 })
})

test('the exit code is that of the program, and NODE_OPTIONS that were there stay', async () => {
  const ended = await exec(['--output-dir', 'out', '--quiet', '--', 'node', program('ask.mjs')], {
    ...noSdk,
    PROGRAM_END: 'exit',
    NODE_OPTIONS: '--no-warnings',
  })
  expect(ended).toMatchObject({ code: 3, stdout: 'Hello\n', stderr: '' })
  expect(metadataIn(`${ended.directory}/out`)).toHaveLength(1)
})

test('a program that was killed is shown from its ledger', async () => {
  const { code, stderr } = await exec(['--', 'node', program('ask.mjs')], { ...noSdk, PROGRAM_END: 'kill' })
  expect(code).toBe(137)
  expect(stderr).toMatch(/interrupted/)
  expect(stderr).toMatch(/136/)
  expect(stderr).toMatch(/SIGKILL/)
})

test('an exit code that only the system knows is in the account', async () => {
  const environment = { ...noSdk, PROGRAM_END: 'code-at-exit' }
  const { code, directory } = await exec(['--quiet', '--', 'node', program('ask.mjs')], environment)
  expect(code).toBe(5)
  const [file] = metadataIn(directory)
  expect(file).toMatchObject({ status: 'failed', execution: { reason: 'exit code 5' } })
  const [ledger = ''] = readdirSync(join(directory, 'metadata')).filter((name) => name.startsWith('ledger_'))
  const { metadata } = await recoverRun(join(directory, 'metadata', ledger))
  expect(metadata).toMatchObject({ status: 'failed', ledger: { events: file?.ledger?.events } })
})

test('several processes of a program are added up', async () => {
  const { code, stderr } = await exec(['--', 'node', program('ask-in-children.mjs')], {}, runCliInShared)
  expect(code).toBe(0)
  // One of the first two requests is answered with a 429 and repeated.
  expect(stderr).toMatch(/requests +3, 1 retry, 0 failed; 272 tokens/)
  expect(stderr).toMatch(/\$0\.000124/)
})

test('a program that calls no model is told of, one that is not there is an error', async () => {
  const silent = await exec(['--', 'node', '-e', '0'], {}, runCliInShared)
  expect(silent).toMatchObject({ code: 0, stderr: 'sygra: no call to a model was seen\n' })
  await server?.close()
  const missing = await exec(['--', 'no-such-program'], {}, runCliInShared)
  expect(missing.code).toBe(1)
  expect(missing.stderr).toMatch(/^sygra: "no-such-program" cannot be started: there is no such command/)
})

test('a stream without usage names the way to have it', async () => {
  server = await startFaultServer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`data: ${JSON.stringify(chatChunk('Hello'))}\n\ndata: [DONE]\n\n`)
  })
  const call = `const body = JSON.stringify({ model: 'gpt-4o-mini', stream: true, messages: [] })
    await (await fetch('${server.url}/chat/completions', { method: 'POST', body })).text()`
  const ask = (flags: readonly string[]) =>
    runCliInShared(['exec', ...flags, '--', 'node', '--input-type=module', '-e', call], { directory: folder })
  const folder = await scratchFolder()
  expect((await ask([])).stderr).toContain('1 answer told no usage')
  await ask(['--include-usage', '--quiet'])
  const asked = server.requests.map(({ body }): unknown => JSON.parse(body))
  expect(asked[0]).not.toHaveProperty('stream_options')
  expect(asked[1]).toMatchObject({ stream_options: { include_usage: true } })
})

test('what was sent and not answered when a signal ended the program is told, and the cost is at least so much', async () => {
  server = await startFaultServer(() => {})
  const directory = await scratchFolder()
  const code = `
    const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] })
    const headers = { 'content-type': 'application/json' }
    void fetch(process.env.MODEL_URL + '/chat/completions', { method: 'POST', headers, body })
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), 1500)`
  const run = await runCli(['exec', '--', 'node', '-e', code], { directory, environment: { MODEL_URL: server.url } })
  expect(run.code).toBe(143)
  expect(run.stderr).toContain('1 request in flight at the end, whose cost is not known')
  expect(run.stderr).toMatch(/cost +≥ \$0\.00/)
})
