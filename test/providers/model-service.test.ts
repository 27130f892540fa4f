import { afterEach, expect, test, vi } from 'vitest'
import { type Answer, chatCompletion, type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { runModel } from '../helpers/model-run.ts'

// What models.yaml and the environment say of a model reaches its service.

const servers: FaultServer[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(servers.splice(0).map(({ close }) => close()))
})

const answers: Answer = (response, { url }) =>
  url.endsWith('/models') ? sendJson(response, 404, {}) : sendJson(response, 200, chatCompletion())

async function startServer(answer: Answer = answers): Promise<FaultServer> {
  const server = await startFaultServer(answer)
  servers.push(server)
  return server
}

/** The bodies of the questions a server was asked. */
function bodiesOf({ requests }: FaultServer): readonly Record<string, unknown>[] {
  return requests.flatMap(({ body }) => (body === '' ? [] : [JSON.parse(body)]))
}

function countOf({ requests }: FaultServer): number {
  return requests.filter(({ body }) => body !== '').length
}

const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index }))

test.each(['round_robin', 'least_requests'])(
  '%s shares requests among addresses, and the metadata lists them',
  async (kind) => {
    const [first, second] = [await startServer(), await startServer()]
    const { metadata } = await runModel(
      { model_type: 'vllm', load_balancing: kind },
      { environment: { SYGRA_SERVED_URL: `${first.url}|${second.url}` }, rows: rows(6), options: { batchSize: 2 } },
    )
    expect(countOf(first) + countOf(second)).toBe(6)
    expect(Math.min(countOf(first), countOf(second))).toBeGreaterThan(0)
    expect(metadata?.models.served?.model_url).toEqual([first.url, second.url])
  },
)

test('an address that is slow gets fewer requests when those with the fewest are preferred', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const fast = await startServer()
  const slow = await startServer(async (response, request, index) => {
    if (request.body !== '') await held
    return answers(response, request, index)
  })
  const fastServed = vi.fn()
  const watch = setInterval(() => {
    if (countOf(fast) >= 5) {
      fastServed()
      release()
    }
  }, 5)
  const { records } = await runModel(
    { model_type: 'vllm', url: [fast.url, slow.url], load_balancing: 'least_requests' },
    { rows: rows(6), options: { batchSize: 2 } },
  )
  clearInterval(watch)
  expect(fastServed).toHaveBeenCalled()
  expect(records).toHaveLength(6)
  expect(countOf(slow)).toBe(1)
})

test('keys in a list belong to the addresses in their order, or take turns at one', async () => {
  const [first, second] = [await startServer(), await startServer()]
  const keysAt = ({ requests }: FaultServer) =>
    requests.flatMap(({ body, headers }) => (body === '' ? [] : [headers.authorization]))
  await runModel(
    { model_type: 'vllm' },
    { environment: { SYGRA_SERVED_URL: `${first.url} | ${second.url}`, SYGRA_SERVED_TOKEN: 'a|b' }, rows: rows(2) },
  )
  expect([keysAt(first), keysAt(second)]).toEqual([['Bearer a'], ['Bearer b']])
  await runModel(
    { model_type: 'vllm' },
    { environment: { SYGRA_SERVED_URL: first.url, SYGRA_SERVED_TOKEN: 'c|d' }, rows: rows(2) },
  )
  expect(keysAt(first)).toEqual(['Bearer a', 'Bearer c', 'Bearer d'])
})

test('parameters that the common interface has no name for are sent as they are', async () => {
  const server = await startServer()
  await runModel(
    { model_type: 'vllm', url: server.url, parameters: { temperature: 0.5, min_p: 0.1, max_tokens: 9 } },
    { block: { parameters: { temperature: 0.9 } } },
  )
  expect(bodiesOf(server)).toMatchObject([{ temperature: 0.9, min_p: 0.1, max_tokens: 9 }])
})

test('Mistral gets its own name of the seed', async () => {
  const server = await startServer()
  const entry = { model_type: 'mistralai', url: server.url, parameters: { seed: 7 } }
  await runModel(entry, { environment: { MISTRAL_API_KEY: 'key' } })
  expect(bodiesOf(server)).toMatchObject([{ random_seed: 7 }])
  expect(bodiesOf(server)[0]).not.toHaveProperty('seed')
})

test('TGI gets the schema of a structured output as its grammar', async () => {
  const server = await startServer((response, { url }) => {
    const completion = chatCompletion()
    const choices = [{ ...completion.choices[0], message: { role: 'assistant', content: '{"city":"Bonn"}' } }]
    return url.endsWith('/models') ? sendJson(response, 404, {}) : sendJson(response, 200, { ...completion, choices })
  })
  await runModel(
    { model_type: 'tgi', url: server.url },
    { block: { structured_output: { schema: { fields: { city: { type: 'str' } } } } } },
  )
  expect(bodiesOf(server)).toMatchObject([
    { response_format: { type: 'json_object', value: { properties: { city: { type: 'string' } } } } },
  ])
})

test("Anthropic's own parameters are sent as they are", async () => {
  const server = await startServer((response) =>
    sendJson(response, 200, {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5', stop_reason: 'end_turn' },
      ...{ content: [{ type: 'text', text: 'Hello' }], usage: { input_tokens: 4, output_tokens: 2 } },
    }),
  )
  const { metadata } = await runModel(
    { model_type: 'anthropic', model: 'claude-sonnet-4-5', url: server.url, parameters: { service_tier: 'auto' } },
    { environment: { ANTHROPIC_API_KEY: 'key' } },
  )
  expect(bodiesOf(server)).toMatchObject([{ service_tier: 'auto', model: 'claude-sonnet-4-5' }])
  expect(metadata?.models.served?.token_statistics.total_tokens).toBe(6)
})

test('whatever the service of a model is, a rehearsal asks the simulator', async () => {
  const { records, metadata } = await runModel(
    { model_type: 'bedrock', model: 'anthropic.claude-3-haiku-20240307-v1:0' },
    { options: { simulate: { answers: () => 'rehearsed', timeScale: 0 } } },
  )
  expect(records).toMatchObject([{ said: 'rehearsed' }])
  expect(metadata?.models.served).toMatchObject({ model_type: 'Bedrock', cost: { status: 'simulated' } })
})

test('the environment goes before the file: model, version, number of attempts', async () => {
  const server = await startServer()
  const { metadata } = await runModel(
    { model_type: 'vllm', model: 'old', timeout: 5 },
    { environment: { SYGRA_SERVED_URL: server.url, SYGRA_SERVED_MODEL: 'new', SYGRA_SERVED_RETRY_ATTEMPTS: '1' } },
  )
  expect(bodiesOf(server)).toMatchObject([{ model: 'new' }])
  expect(metadata?.models.served?.upstream_model).toBe('new')
})

test('an answer of no use is asked for again, and hides no request that failed', async () => {
  // The first record gets valid JSON that is no completion, then an answer; the second a refusal for good.
  const replies = [
    [200, { object: 'something else' }],
    [200, chatCompletion()],
    [400, { error: { message: 'no' } }],
  ] as const
  let asked = 0
  const server = await startServer((response, { url }) => {
    const [status, body] = url.endsWith('/models') ? ([404, {}] as const) : (replies[asked++] ?? replies[2])
    sendJson(response, status, body)
  })
  const { metadata } = await runModel(
    { model_type: 'vllm', url: server.url },
    { rows: rows(2), options: { batchSize: 1 } },
  )
  expect(countOf(server)).toBe(3)
  expect(metadata?.aggregate_statistics).toMatchObject({
    requests: { total_requests: 3, total_retries: 1, failed_attempts: 1, total_failures: 1 },
    calls: { total: 2, succeeded: 1, failed: 1 },
    records: { total_processed: 2, total_failed: 1 },
  })
})
