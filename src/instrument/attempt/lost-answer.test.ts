import { expect, test } from 'vitest'
import type { RequestEnd } from '../../metadata/event.ts'
import { parsePrices } from '../../pricing/book/parse-prices.ts'
import { repriceRequest } from '../../pricing/reprice/reprice-request.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { runInScope } from '../../runtime/scope.ts'
import { trackFetch } from '../fetch/fetch.ts'
import { noteSimulator } from './simulators.ts'

const xai = 'https://api.x.ai/v1/chat/completions'
const body = JSON.stringify({ model: 'grok-4-0709', messages: [] })
const lost = 'no answer came, and the provider may have charged for it'

/** A fetch whose server never answers, or whose connection ends as it is told. */
function failing(error?: Error) {
  const ends: RequestEnd[] = []
  const collector = new MetadataCollector()
  collector.onEvent((event) => {
    if (event.type === 'request-end') ends.push(event)
  })
  const tracked = trackFetch(
    (_input, init) =>
      new Promise((_resolve, reject) => {
        if (error !== undefined) reject(error)
        const { signal } = init ?? {}
        if (signal?.aborted) reject(signal.reason)
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
  )
  const send = (url: string, signal?: AbortSignal) =>
    runInScope({ collector }, async () => {
      await tracked(url, { method: 'POST', body, signal }).catch(() => {})
    })
  const total = () => collector.getMetadataSummary().aggregate_statistics.cost
  return { send, ends, total }
}

const withCode = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

test('whoever waits less long than a model thinks may pay for each attempt: the amount is not whole', async () => {
  const { send, ends, total } = failing()
  await send(xai, AbortSignal.timeout(20))
  await send(xai, AbortSignal.timeout(20))
  expect(ends.map(({ errorType, resendCount, cost }) => [errorType, resendCount, cost?.status, cost?.reason])).toEqual([
    ['timeout', 0, 'unpriced', lost],
    ['timeout', 1, 'unpriced', lost],
  ])
  expect(total()).toMatchObject({ total_cost_usd: 0, status: 'unpriced', unpriced_requests: 2 })
})

test.each(['ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT'])(
  '%s: what became of it nobody knows',
  async (code) => {
    const { send, ends } = failing(withCode(code))
    await send(xai)
    expect(ends[0]?.cost).toMatchObject({ status: 'unpriced', picodollars: 0, reason: lost })
  },
)

test.each(['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED'])(
  '%s: nothing was sent, and nothing is charged',
  async (code) => {
    const { send, ends, total } = failing(withCode(code))
    await send(xai)
    expect(ends).toMatchObject([{ errorType: code, cost: undefined }])
    expect(total()).toMatchObject({ total_cost_usd: 0, unpriced_requests: 0 })
  },
)

test("what was taken back before it was sent is not charged, nor what a machine of one's own or a simulator lost", async () => {
  const { send, ends } = failing()
  await send(xai, AbortSignal.abort())
  await send('http://localhost:11434/api/chat', AbortSignal.timeout(20))
  noteSimulator(new URL('https://simulator.example'))
  await send('https://simulator.example/v1/chat/completions', AbortSignal.timeout(20))
  expect(ends.map(({ errorType, cost }) => [errorType, cost])).toEqual([
    ['aborted', undefined],
    ['timeout', undefined],
    ['timeout', undefined],
  ])
})

test('pricing a run again keeps it unknown', async () => {
  const { send, ends } = failing(withCode('ECONNRESET'))
  await send(xai)
  const [end] = ends
  if (end === undefined) throw new Error('nothing was recorded')
  const prices = parsePrices('prices: { grok-4-0709: { input: 1, output: 1 } }', 'p.yaml')
  expect(repriceRequest(end, { provider: 'x-ai', url: xai }, { prices })).toMatchObject({
    status: 'unpriced',
    reason: lost,
  })
})
