import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import {
  type Answer,
  chatCompletion,
  type FaultServer,
  sendJson,
  startFaultServer,
} from '../../../test/helpers/fault-server.ts'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { TaskBuffer } from '../../runtime/collector/task-buffer.ts'
import { LedgerWriter } from '../../runtime/ledger/ledger-writer.ts'
import { processPrices, runInScope } from '../../runtime/scope.ts'
import { trackFetch } from '../fetch/fetch.ts'
import { ObservedAttempt } from './attempt.ts'
import { settleOpenAttempts } from './open-attempts.ts'
import { wireState } from './wire-state.ts'

let server: FaultServer | undefined
afterEach(() => server?.close())

/** A collector that lets everything wait until somebody asks for it, as that of a busy program does for a moment. */
function gatheringCollector(): MetadataCollector {
  const collector = new MetadataCollector()
  const buffer = new TaskBuffer({
    apartMs: Number.POSITIVE_INFINITY,
    minMs: 1e9,
    maxMs: 1e9,
    maxCount: Number.POSITIVE_INFINITY,
  })
  collector.gather(buffer)
  // The first task of a buffer is done at once.
  collector.recordLater(() => {})
  return collector
}

const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] })

async function askTwice(answer: Answer) {
  server = await startFaultServer(answer)
  const { url } = server
  const fetch = trackFetch(globalThis.fetch)
  return observeRequests(
    async () => {
      for (let call = 0; call < 2; call += 1) {
        const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
        await (await fetch(`${url}/chat/completions`, init)).text()
      }
    },
    { collector: gatheringCollector() },
  )
}

test('a retry of a failure that is read later is a retry: an error in the body of a 200, and a body that is no JSON', async () => {
  for (const refusal of ['{"error":{"type":"overloaded_error"}}', '<html>{}', '']) {
    const { collector, attempts } = await askTwice((response, _request, index) => {
      if (index > 0) sendJson(response, 200, chatCompletion())
      else response.writeHead(200, { 'content-type': 'application/json' }).end(refusal)
    })
    expect(attempts).toEqual([])
    expect(collector.getMetadataSummary().aggregate_statistics.requests).toMatchObject({
      total_requests: 2,
      total_retries: 1,
      total_failures: 0,
      failed_attempts: 1,
    })
    expect(attempts.map(({ resendCount, attemptLink }) => [resendCount, attemptLink])).toEqual([
      [0, undefined],
      [1, 'hash'],
    ])
    await server?.close()
  }
})

test('an answer that has to wait for prices is announced meanwhile, so that a kill does not lose it', async () => {
  const prices = processPrices()
  let known = () => {}
  prices.isAsked = true
  prices.loading = new Promise((resolve) => {
    known = resolve
  })
  server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
  const url = `${server.url}/chat/completions`
  const fetch = trackFetch(globalThis.fetch)
  const collector = gatheringCollector()
  collector.keepIn(new LedgerWriter({ path: join(await scratchFolder(), 'ledger.jsonl') }))
  const told: string[] = []
  collector.onEvent(({ type }) => told.push(type))
  // Asking for the totals records what waits to be recorded.
  const requests = () => collector.getMetadataSummary().aggregate_statistics.requests
  try {
    await runInScope({ collector, node: 'n' }, async () => {
      await (await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).text()
    })
    expect(requests().total_requests).toBe(0)
    expect(told).toContain('request-start')
    prices.loading = undefined
    known()
    await vi.waitFor(() => expect(requests()).toMatchObject({ total_requests: 1, total_failures: 0 }))
    expect(told.filter((type) => type === 'request-start')).toHaveLength(1)
  } finally {
    prices.loading = undefined
    prices.isAsked = false
  }
})

test('what is read later is what was sent and answered', async () => {
  const { collector, attempts } = await askTwice((response, _request, index) =>
    sendJson(
      response,
      200,
      chatCompletion({ prompt_tokens: 10 + index, completion_tokens: 20, total_tokens: 30 + index }),
    ),
  )
  const { aggregate_statistics: statistics } = collector.getMetadataSummary()
  expect(statistics.tokens).toMatchObject({ total_prompt_tokens: 21, total_completion_tokens: 40 })
  expect(attempts.map(({ usage, finishReason, bodyHash }) => [usage?.input, finishReason, bodyHash?.length])).toEqual([
    [10, 'stop', 16],
    [11, 'stop', 16],
  ])
})

test('an attempt whose answer cannot be read is recorded all the same', async () => {
  server = await startFaultServer((response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{')
  })
  const { url } = server
  const { attempts } = await observeRequests(async () => {
    const answer = await trackFetch(globalThis.fetch)(`${url}/chat/completions`, { method: 'POST', body })
    const { open } = wireState()
    for (const attempt of open) {
      if (!(attempt instanceof ObservedAttempt)) continue
      attempt.readFrom({
        facts: () => {
          throw new Error('unreadable')
        },
      })
      settleOpenAttempts(attempt.scope.collector.runId)
    }
    await answer.body?.cancel()
  })
  expect(attempts).toMatchObject([{ status: 200, isAborted: true, model: 'gpt-4o-mini' }])
})
