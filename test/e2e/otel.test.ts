import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterEach, expect, test } from 'vitest'
import type { Metadata } from '../../src/metadata/schema.ts'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { type OtlpFault, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../helpers/otlp-receiver.ts'
import { projectWithExample, runCli, runCliInShared } from '../helpers/run-cli.ts'
import { metadataIn } from '../helpers/run-program.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

let receiver: OtlpReceiver
let server: FaultServer | undefined
afterEach(async () => {
  await receiver.close()
  await server?.close()
  server = undefined
})

const program = (name: string) => resolve('test/fixtures/programs', name)
const isChat = ({ name }: ReceivedSpan) => name.startsWith('chat ')

/** A model that refuses the first request, and a receiver. */
async function startBoth(faults: readonly OtlpFault[] = []) {
  receiver = await startOtlpReceiver(faults)
  server = await startFaultServer((response, _request, index) =>
    index === 0
      ? sendJson(response, 429, { error: { message: 'slow down' } })
      : sendJson(response, 200, chatCompletion()),
  )
  const directory = await scratchFolder()
  return { directory, environment: { MODEL_URL: server.url, RECEIVER_URL: receiver.url } }
}

function sum(spans: readonly ReceivedSpan[], attribute: string): number {
  return spans.reduce((total, { attributes }) => total + Number(attributes[attribute] ?? 0), 0)
}

function expectFigures(calls: readonly ReceivedSpan[], file: Metadata | undefined): void {
  const { tokens, cost, requests } = file?.aggregate_statistics ?? {}
  expect(sum(calls, 'gen_ai.usage.input_tokens')).toBe(tokens?.total_prompt_tokens)
  expect(sum(calls, 'gen_ai.usage.output_tokens')).toBe(tokens?.total_completion_tokens)
  expect(sum(calls, 'sygra.call.attempts')).toBe(requests?.total_requests)
  const usd = sum(calls, 'sygra.cost.usd') + sum(calls, 'sygra.cost.simulated.usd')
  expect(Number(usd.toFixed(6))).toBe(cost?.total_cost_usd)
}

test('under plain exec the calls of a program with OpenTelemetry are children of its own spans', async () => {
  const { directory, environment } = await startBoth()
  const ended = await runCliInShared(['exec', '--task', 'nightly', '--quiet', '--', 'node', program('traced.mjs')], {
    directory,
    environment,
  })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  const spans = receiver.spans()
  const own = spans.filter(({ scope }) => scope === 'program')
  const calls = spans.filter(({ scope }) => scope === 'sygra')
  expect(own.map(({ name }) => name).sort()).toEqual(['first', 'second'])
  expect(calls.map(({ name }) => name)).toEqual(['chat gpt-4o-mini', 'chat gpt-4o-mini'])
  // One call is a child of each, in its trace, and no longer than it.
  for (const parent of own) {
    const [call, ...more] = calls.filter(({ parentSpanId }) => parentSpanId === parent.spanId)
    expect(more).toEqual([])
    expect(call?.traceId).toBe(parent.traceId)
    expect(call?.kind).toBe(3)
    expect(BigInt(call?.startTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(BigInt(parent.startTimeUnixNano) - 2_000_000n)
  }
  expect(calls[0]?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o-mini',
    'sygra.cost.status': 'priced',
  })
  const [file] = metadataIn(directory)
  expectFigures(calls, file)
  const usage = receiver.metrics().get('gen_ai.client.token.usage')
  const counted = usage?.histogram?.dataPoints.reduce((total, point) => total + point.sum, 0)
  expect(counted).toBe(file?.aggregate_statistics.tokens.total_tokens)
  // Nobody has asked for a receiver: what was not told by the program's own is sent to nobody.
  expect(receiver.requests.every(({ headers }) => headers['user-agent']?.startsWith('OTel-OTLP-Exporter'))).toBe(true)
})

test('sygra exec --otel sends what a program did that knows nothing of OpenTelemetry, also when it was killed', async () => {
  const { directory, environment } = await startBoth()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const ended = await runCliInShared(['exec', '--otel', '--task', 'nightly', '--', 'node', program('ask.mjs')], {
    directory,
    environment: {
      ...environment,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b,authorization=Bearer%20planted-receiver-key-1234567890',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      TRACEPARENT: traceparent,
      PROGRAM_END: 'kill',
    },
  })
  expect(ended.code).toBe(137)
  const spans = receiver.spans()
  const root = spans.find(({ name }) => name === 'invoke_workflow nightly')
  expect(root).toMatchObject({ traceId: traceparent.slice(3, 35), parentSpanId: traceparent.slice(36, 52) })
  expect(root?.attributes['sygra.run.status']).toBe('interrupted')
  const calls = spans.filter(isChat)
  expect(calls.length).toBe(1)
  expect(calls[0]?.parentSpanId).toBe(root?.spanId)
  // Its two attempts are below it: the refused one, and its retry.
  const attempts = spans.filter(({ parentSpanId }) => parentSpanId === calls[0]?.spanId)
  expect(attempts.map(({ name, attributes }) => [name, attributes['http.response.status_code']])).toEqual([
    ['POST', 429],
    ['POST', 200],
  ])
  expect(attempts[1]?.attributes['http.request.resend_count']).toBe(1)
  expect(root?.resource).toMatchObject({ 'service.name': 'nightly', 'deployment.environment.name': 'test' })
  expect(receiver.requests[0]?.headers).toMatchObject({ 'x-tenant': 'a b' })
  expectFigures(calls, metadataIn(directory)[0])
  expect(receiver.metrics().get('sygra.cost')?.sum?.dataPoints[0]?.asDouble).toBeGreaterThan(0)
})

test('with --traceparent each attempt is sent with that of its own span, which the receiver has', async () => {
  const { directory, environment } = await startBoth()
  const ended = await runCliInShared(['exec', '--otel', '--traceparent', '--quiet', '--', 'node', program('ask.mjs')], {
    directory,
    environment: { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  const attempts = receiver.spans().filter(({ name }) => name === 'POST')
  expect(attempts.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([429, 200])
  const expected = attempts.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`)
  expect(server?.requests.map(({ headers }) => headers.traceparent)).toEqual(expected)
})

test('a program that is started with an environment of its own, which names a receiver, is not sent twice', async () => {
  const { directory, environment } = await startBoth()
  const ended = await runCliInShared(['exec', '--quiet', '--', 'node', program('ask-with-own-environment.mjs')], {
    directory,
    environment: { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, PROGRAM_WAYS: 'spawn' },
  })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(receiver.spans().filter(isChat)).toHaveLength(1)
})

test('a traceparent that the program sends stays as it is, and is the parent', async () => {
  const { directory, environment } = await startBoth()
  const ended = await runCliInShared(['exec', '--otel', '--quiet', '--', 'node', program('ask-with-traceparent.mjs')], {
    directory,
    environment: { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  const sent = '00-11111111111111111111111111111111-2222222222222222-01'
  expect(server?.requests.map(({ headers }) => headers.traceparent)).toEqual([sent])
  expect(receiver.spans().find(isChat)).toMatchObject({
    traceId: '1'.repeat(32),
    parentSpanId: '2'.repeat(16),
  })
})

test('a run is a tree: run, records, nodes, calls, attempts; sent again from its ledger it is the same', async () => {
  receiver = await startOtlpReceiver()
  const directory = projectWithExample()
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental',
  }
  const args = ['run', '--task', 'examples.code_assistant', '-n', '3', '--simulate', '--simulate-seed', '5']
  const run = await runCliInShared(
    [...args, '--simulate-faults', '0.3', '--simulate-speed', '50', '--quiet', '--output-dir', 'out'],
    {
      directory,
      environment,
    },
  )
  expect(run).toMatchObject({ code: 0, stderr: '' })
  const live = [...receiver.spans()]
  const byId = new Map(live.map((span) => [span.spanId, span]))
  expect(byId.size).toBe(live.length)
  const parentsOf = (span: ReceivedSpan | undefined): string[] =>
    span === undefined ? [] : [span.name, ...parentsOf(byId.get(span.parentSpanId ?? ''))]
  const calls = live.filter(isChat)
  for (const call of calls) {
    const [, node, record, root] = parentsOf(call)
    expect([call.attributes['sygra.node.name'], 'record', 'invoke_workflow tasks.examples.code_assistant']).toEqual([
      node,
      record,
      root,
    ])
  }
  const attempts = live.filter(({ name }) => name === 'POST')
  const [file] = metadataIn(join(directory, 'out'))
  expect(attempts.length).toBe(file?.aggregate_statistics.requests.total_requests)
  expectFigures(calls, file)
  // Of a rehearsal no money was spent.
  expect(calls.some(({ attributes }) => 'sygra.cost.usd' in attributes)).toBe(false)
  expect(receiver.metrics().has('gen_ai.client.inference.duration')).toBe(true)
  const again = await runCliInShared(['export', 'otel', 'out', '--endpoint', receiver.url], {
    directory,
    environment: { OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental' },
  })
  expect(again.code).toBe(0)
  expect(receiver.spans().slice(live.length).map(identity).sort()).toEqual(live.map(identity).sort())
})

function identity({ traceId, spanId, parentSpanId, name, attributes }: ReceivedSpan): string {
  return JSON.stringify([traceId, spanId, parentSpanId, name, attributes])
}

test('a receiver that is down harms nobody, and what it did not get is said', async () => {
  const { directory, environment } = await startBoth()
  const address = receiver.url
  await receiver.close()
  const ended = await runCli(['exec', '--otel', '--quiet', '--', 'node', program('ask.mjs')], {
    directory,
    environment: { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: address },
  })
  expect(ended).toMatchObject({ code: 0, stdout: 'Hello\n' })
  expect(ended.stderr).toMatch(
    /4 of 4 spans were not sent to OpenTelemetry: .*ECONNREFUSED.*; npx sygra export otel sends them again/,
  )
  const exported = await runCliInShared(['export', 'otel', '.', '--endpoint', 'ftp://nowhere'], { directory })
  expect(exported).toMatchObject({ code: 1 })
})

test('keys and prompts reach no receiver, no table and no metric', async () => {
  const { directory, environment } = await startBoth()
  const key = 'planted-key-that-has-no-form-1234567890'
  await runCliInShared(['exec', '--otel', '--task', `nightly ${key}`, '--quiet', '--', 'node', program('traced.mjs')], {
    directory,
    environment: { ...environment, MODEL_KEY: key, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  })
  expect(receiver.spans().filter(isChat).length).toBe(2)
  const texts = [JSON.stringify(receiver.requests.map(({ body }) => body))]
  for (const table of ['requests', 'calls', 'nodes', 'records']) {
    texts.push((await runCliInShared(['export', 'csv', 'metadata', '--table', table], { directory })).stdout)
  }
  texts.push((await runCliInShared(['export', 'jsonl', 'metadata', '--table', 'runs'], { directory })).stdout)
  const packed = join(directory, 'requests.parquet')
  await runCliInShared(['export', 'parquet', 'metadata', '--table', 'requests', '-o', packed], { directory })
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(packed) })
  expect(rows).toHaveLength(3)
  texts.push(JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))
  texts.push((await runCliInShared(['export', 'prometheus', 'metadata'], { directory })).stdout)
  for (const name of readdirSync(join(directory, 'metadata')))
    texts.push(readFileSync(join(directory, 'metadata', name), 'utf8'))
  expect(texts.every((text) => text.length > 10)).toBe(true)
  for (const text of texts) {
    // The name of the service is what whoever typed it wants to be sent.
    expect(text.replaceAll(`nightly ${key}`, '')).not.toContain(key)
    expect(text).not.toContain('A secret of')
  }
})
