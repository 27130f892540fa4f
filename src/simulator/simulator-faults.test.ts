import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'

const open: Simulator[] = []

afterEach(async () => {
  for (const simulator of open.splice(0)) await simulator.close()
})

async function start(options: SimulatorOptions): Promise<Simulator> {
  const simulator = await startSimulator({ timeScale: 0, maxFaultsPerCall: 1, ...options })
  open.push(simulator)
  return simulator
}

function post({ url }: Simulator, body: Record<string, unknown> = {}): Promise<Response> {
  const messages = [{ role: 'user', content: 'Why is the sky blue?' }]
  const text = JSON.stringify({ model: 'gpt-4o', messages, ...body })
  return fetch(`${url}/chat/completions`, { method: 'POST', body: text })
}

/** Sends other bodies until one meets the fault that is looked for. */
async function until(attempt: (body: Record<string, unknown>) => Promise<boolean>): Promise<void> {
  for (let index = 0; index < 50; index++) if (await attempt({ user: `user ${index}` })) return
  throw new Error('the fault never came')
}

test('a rate limit is a 429 that says when to come back, and the next attempt of the body is answered', async () => {
  const simulator = await start({ rateLimitRate: 1, retryAfterSeconds: 2.5, timeScale: 1, latencySeconds: 0 })
  const response = await post(simulator)
  expect(response.status).toBe(429)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'retry-after': '3',
    'retry-after-ms': '2500',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '2500ms',
    'x-sygra-simulated': '1',
  })
  expect(await response.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
  expect(simulator.log).toMatchObject([{ status: 429, fault: 'rate-limit', promptTokens: 0, completionTokens: 0 }])
})

test('with a time scale of 0 nobody is asked to wait', async () => {
  const response = await post(await start({ rateLimitRate: 1, retryAfterSeconds: 60 }))
  expect([response.headers.get('retry-after'), response.headers.get('retry-after-ms')]).toEqual(['0', '1'])
})

test('server errors are 500, 502 and 503; a 502 is a page, as gateways send it', async () => {
  const simulator = await start({ serverErrorRate: 1 })
  const types = new Map<number, string | null>()
  await until(async (body) => {
    const response = await post(simulator, body)
    await response.text()
    types.set(response.status, response.headers.get('content-type'))
    return types.size === 3
  })
  expect(types).toEqual(
    new Map([
      [500, 'application/json'],
      [502, 'text/html'],
      [503, 'application/json'],
    ]),
  )
  expect(simulator.log.every(({ fault, promptTokens }) => fault === 'server-error' && promptTokens === 0)).toBe(true)
})

test.each([false, true])(
  'a dropped connection breaks before the answer or in its middle (stream: %s)',
  async (stream) => {
    const simulator = await start({ dropRate: 1 })
    const seen = new Set<string>()
    await until(async (body) => {
      const response = await post(simulator, { ...body, stream, stream_options: { include_usage: true } }).catch(
        () => undefined,
      )
      if (response !== undefined) {
        expect(response.status).toBe(200)
        await expect(response.text()).rejects.toThrow()
      }
      const entry = simulator.log.at(-1)
      expect(entry).toMatchObject({ status: 0, fault: 'drop', isUsageSent: false })
      expect(entry?.dropPoint).toBe(response === undefined ? 'before-headers' : 'in-body')
      expect((entry?.completionTokens ?? 0) > 0).toBe(response !== undefined)
      seen.add(entry?.dropPoint ?? '')
      return seen.size === 2
    })
  },
)

test('a broken answer has status 200 and does not parse', async () => {
  const simulator = await start({ brokenJsonRate: 1 })
  const response = await post(simulator)
  expect(response.status).toBe(200)
  await expect(response.json()).rejects.toThrow(SyntaxError)
  expect(simulator.log).toMatchObject([{ status: 200, fault: 'broken-json', isUsageSent: false }])
})

test('a broken stream ends at a chunk that does not parse: no usage and no [DONE] follow', async () => {
  const simulator = await start({ brokenJsonRate: 1 })
  const text = await (await post(simulator, { stream: true, stream_options: { include_usage: true } })).text()
  const chunks = text
    .trimEnd()
    .split('\n\n')
    .map((chunk) => chunk.slice('data: '.length))
  expect(() => JSON.parse(chunks.at(-1) ?? '')).toThrow(SyntaxError)
  for (const chunk of chunks.slice(0, -1)) expect(JSON.parse(chunk)).toMatchObject({ object: 'chat.completion.chunk' })
  expect(text).not.toContain('[DONE]')
  expect(text).not.toContain('prompt_tokens')
  expect(simulator.log[0]?.completionTokens).toBeGreaterThan(0)
})

test("OpenAI's client retries its way through every fault that it can see, and the log has each attempt", async () => {
  const simulator = await start({ rateLimitRate: 0.3, serverErrorRate: 0.3, maxFaultsPerCall: 2 })
  const client = new OpenAI({ baseURL: simulator.url, apiKey: 'simulated', maxRetries: 2 })
  // Its backoff after a 5xx is half a second, so few calls are made.
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: `Question ${index}?` }] }),
    ),
  )
  const served = simulator.log.filter(({ isUsageSent }) => isUsageSent)
  expect(served.length).toBe(8)
  expect(simulator.log.length).toBeGreaterThan(8)
  const sum = (numbers: (number | undefined)[]) => numbers.reduce((total: number, number) => total + (number ?? 0), 0)
  expect(sum(served.map((entry) => entry.promptTokens))).toBe(sum(answers.map(({ usage }) => usage?.prompt_tokens)))
  expect(sum(served.map((entry) => entry.completionTokens))).toBe(
    sum(answers.map(({ usage }) => usage?.completion_tokens)),
  )
})
