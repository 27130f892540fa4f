import { Agent, request as httpRequest } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomOf } from '../seeded-random.ts'
import type { SimulatedRequest } from './request-log.ts'
import { type SimulatorOptions, startSimulator } from './simulator.ts'

interface Answer {
  readonly status: number
  readonly text: string
}

const faulty: SimulatorOptions = {
  timeScale: 0,
  rateLimitRate: 0.1,
  serverErrorRate: 0.05,
  dropRate: 0.1,
  brokenJsonRate: 0.05,
  cacheHitRate: 0.5,
}

function post({ url, body, agent }: { url: string; body: string; agent: Agent }): Promise<Answer> {
  return new Promise((resolve) => {
    const sent = httpRequest(`${url}/chat/completions`, { method: 'POST', agent }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', () => resolve({ status: 0, text }))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', () => resolve({ status: 0, text: '' }))
    sent.end(body)
  })
}

interface Run {
  /** Digests that came again are in the order in which the simulator saw them. */
  readonly served: readonly string[]
  readonly answers: readonly Answer[]
  readonly log: readonly SimulatedRequest[]
}

async function run(options: {
  bodies: readonly string[]
  concurrency: number
  settings?: SimulatorOptions
}): Promise<Run> {
  const simulator = await startSimulator({ ...faulty, ...options.settings })
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency })
  const answers = await Promise.all(options.bodies.map((body) => post({ url: simulator.url, body, agent })))
  agent.destroy()
  await simulator.close()
  return { answers, log: simulator.log, served: simulator.log.map(withoutTime).sort() }
}

function withoutTime(entry: SimulatedRequest): string {
  const { index, atMs, durationSeconds, ...rest } = entry
  return JSON.stringify(rest)
}

const bodyOf = (index: number) =>
  JSON.stringify({
    model: ['gpt-4o', 'o3-mini', 'gpt-4'][index % 3],
    messages: [{ role: 'user', content: `Question ${index}: why does the queue grow?` }],
    stream: index % 2 === 0,
    stream_options: { include_usage: index % 4 === 0 },
  })

test('one seed gives one run, whatever the order and the concurrency, bodies sent again included', async () => {
  const bodies = Array.from({ length: 60 }, (_, index) => bodyOf(index % 40))
  const first = await run({ bodies, concurrency: 1 })
  expect(first.served.some((entry) => entry.includes('"fault"'))).toBe(true)
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(bodies, { minLength: bodies.length }),
      fc.integer({ min: 1, max: 50 }),
      async (shuffled, concurrency) => {
        expect((await run({ bodies: shuffled, concurrency })).served).toEqual(first.served)
      },
    ),
    { numRuns: 8 },
  )
})

test('another seed gives another run', async () => {
  const bodies = Array.from({ length: 40 }, (_, index) => bodyOf(index))
  const first = await run({ bodies, concurrency: 10 })
  expect((await run({ bodies, concurrency: 10, settings: { seed: 2 } })).served).not.toEqual(first.served)
})

test('the text of an answer does not depend on the faults before it', async () => {
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Why is the sky blue?' }] })
  const contentOf = ({ text }: Answer) => (JSON.parse(text) as { choices: [{ message: unknown }] }).choices[0].message
  const none = { rateLimitRate: 0, serverErrorRate: 0, dropRate: 0, brokenJsonRate: 0 }
  const calm = await run({ bodies: [body], concurrency: 1, settings: none })
  const stormy = await run({ bodies: [body, body, body], concurrency: 1, settings: { ...none, rateLimitRate: 1 } })
  expect(stormy.answers.map(({ status }) => status)).toEqual([429, 429, 200])
  expect(stormy.answers.slice(2).map(contentOf)).toEqual(calm.answers.map(contentOf))
})

test('1,000 requests at concurrency 100 are each served once, the log agrees with the clients, and closing leaves nothing', async () => {
  const random = randomOf('load')
  const bodies = Array.from({ length: 1000 }, (_, index) => bodyOf(Math.floor(random() * 1e6) * 12 + (index % 12)))
  const { answers, log } = await run({ bodies, concurrency: 100 })
  expect(new Set(log.map(({ index }) => index)).size).toBe(1000)
  const parsed = answers.map(({ status, text }) => (status === 200 ? usagesIn(text) : []))
  const seen = parsed.flat().reduce((sum, usage) => sum + usage.total_tokens, 0)
  const sent = log.filter(({ isUsageSent }) => isUsageSent)
  expect(seen).toBe(sent.reduce((sum, entry) => sum + entry.promptTokens + entry.completionTokens, 0))
  const count = <Item>(items: readonly Item[], of: (item: Item) => boolean) => items.filter(of).length
  for (const status of [429, 500, 502, 503]) {
    expect(count(answers, (answer) => answer.status === status)).toBe(count(log, (entry) => entry.status === status))
  }
  expect(count(answers, (answer) => answer.status === 0)).toBe(count(log, ({ fault }) => fault === 'drop'))
  expect(count(log, ({ clientAborted, simulatorClosed }) => clientAborted === true || simulatorClosed === true)).toBe(0)
})

interface WireUsage {
  readonly total_tokens: number
}

function usagesIn(text: string): WireUsage[] {
  const documents = text.startsWith('data: ') ? text.split('\n\n').map((event) => event.slice('data: '.length)) : [text]
  return documents.flatMap((document) => {
    try {
      const { usage } = JSON.parse(document) as { usage?: WireUsage | null }
      return usage ? [usage] : []
    } catch {
      return []
    }
  })
}
