import OpenAI from 'openai'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { RequestEnd } from '../../src/metadata/event.ts'
import { MetadataCollector } from '../../src/runtime/collector/metadata-collector.ts'
import { runInScope } from '../../src/runtime/scope.ts'
import { chatChunk, chatCompletion, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { watchWire } from '../helpers/watch-wire.ts'

const callsPerRun = 200
const nodes = ['draft', 'review', 'improve'] as const

let endWatch = () => {}
beforeAll(() => {
  endWatch = watchWire()
})
afterAll(() => endWatch())

/** The tokens of a call tell which one it was: a token that strays is found wherever it ends up. */
const tokensOf = (run: number, call: number) => ({ input: 1_000 * (run + 1) + call, output: call + 1 })

interface Asked {
  readonly run: number
  readonly call: number
}

async function startServer() {
  const failed = new Set<string>()
  return startFaultServer(async (response, { body }) => {
    const { run, call }: Asked = JSON.parse(JSON.parse(body).messages[0].content)
    const key = `${run} ${call}`
    // Every third call fails at first, with two kinds of failure.
    if (call % 3 === 0 && !failed.has(key)) {
      failed.add(key)
      const status = call % 2 === 0 ? 429 : 500
      sendJson(response, status, { error: { message: 'not yet' } }, { 'retry-after-ms': '1' })
      return
    }
    const { input, output } = tokensOf(run, call)
    const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
    if (call % 2 === 0) {
      sendJson(response, 200, chatCompletion(usage))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of ['Hel', 'lo']) {
      response.write(chatChunk(piece))
      await new Promise(setImmediate)
    }
    response.end(`${chatChunk('', { choices: [], usage })}data: [DONE]\n\n`)
  })
}

async function ask(url: string, { run, call }: Asked): Promise<void> {
  const client = new OpenAI({ apiKey: 'k', baseURL: url })
  const messages = [{ role: 'user' as const, content: JSON.stringify({ run, call }) }]
  const question = { model: 'gpt-4o-mini', messages }
  if (call % 2 === 0) await client.chat.completions.create(question)
  else {
    const options = { ...question, stream: true as const, stream_options: { include_usage: true } }
    for await (const _ of await client.chat.completions.create(options));
  }
}

test('two runs of 200 calls at once: every token is in its own run, node and record', async () => {
  const server = await startServer()
  onTestFinished(() => server.close())
  const runs = [0, 1].map((run) => {
    const collector = new MetadataCollector()
    const attempts: RequestEnd[] = []
    collector.onEvent((event) => {
      if (event.type === 'request-end') attempts.push(event)
    })
    return { run, collector, attempts }
  })
  await Promise.all(
    runs.flatMap(({ run, collector }) =>
      Array.from({ length: callsPerRun }, (_, call) => {
        const record = { id: `record ${call}`, costPicodollars: 0 }
        const node = nodes[call % nodes.length]
        return runInScope({ collector, node, record }, () => ask(server.url, { run, call }))
      }),
    ),
  )
  for (const { run, collector, attempts } of runs) {
    const answered = attempts.filter(({ status }) => status === 200)
    expect(answered).toHaveLength(callsPerRun)
    for (let call = 0; call < callsPerRun; call += 1) {
      const own = attempts.filter(({ recordId }) => recordId === `record ${call}`)
      const hasRetry = call % 3 === 0
      expect(own.map(({ resendCount }) => resendCount)).toEqual(hasRetry ? [0, 1] : [0])
      expect(new Set(own.map(({ callId }) => callId)).size).toBe(1)
      expect(own.map(({ node }) => node)).toEqual(own.map(() => nodes[call % nodes.length]))
      expect(own.at(-1)?.usage).toMatchObject(tokensOf(run, call))
    }
    const { aggregate_statistics, nodes: byNode } = collector.getMetadataSummary()
    const retries = Math.ceil(callsPerRun / 3)
    expect(aggregate_statistics.requests).toMatchObject({
      total_requests: callsPerRun + retries,
      total_retries: retries,
      total_failures: 0,
    })
    const total = Array.from({ length: callsPerRun }, (_, call) => tokensOf(run, call))
    const sum = total.reduce((tokens, { input, output }) => tokens + input + output, 0)
    expect(aggregate_statistics.tokens.total_tokens).toBe(sum)
    expect(Object.keys(byNode).sort()).toEqual([...nodes].sort())
  }
})
