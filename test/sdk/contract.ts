import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest'
import { settleOpenAttempts } from '../../src/instrument/attempt/open-attempts.ts'
import type { AttemptLink } from '../../src/metadata/event.ts'
import { type MockModels, startMockModels } from '../helpers/mock-models.ts'
import { type Fault, type Respond, startModelServer } from '../helpers/model-server.ts'
import { observeRequests } from '../helpers/observe-requests.ts'
import { watchWire } from '../helpers/watch-wire.ts'

/** One way to call a model with somebody's SDK. */
export interface SdkCall {
  readonly name: string
  /** The model as the account names it. */
  readonly model: string
  /** Asks once, at the server with this URL, and reads the answer to its end. */
  readonly ask: (url: string) => Promise<unknown>
  /** Asks with a client that gives up before long, where it is time that decides how often the SDK tries. */
  readonly askToTheEnd?: (url: string) => Promise<unknown>
  /** Of a stream: reads its first piece and goes away. */
  readonly leave?: (url: string) => Promise<unknown>
  /** How many attempts the SDK makes of a call that always fails; 1 when it does not retry, undefined when time decides. */
  readonly attempts: number | undefined
  /** The rule by which its retries are linked. */
  readonly link: AttemptLink
  /** A connection that was dropped before the answer is given up, though failures are retried. */
  readonly givesUpDropped?: boolean
  /** Default: 44 in, 92 out. */
  readonly usage?: { readonly input?: number; readonly output?: number }
  /** Default: the answers of `@copilotkit/aimock`. */
  readonly respond?: Respond
  readonly isHttp2?: boolean
}

/** What holds for every SDK, however it sends, retries and streams: all of it is seen, unchanged and once. */
export function testSdkCalls(sdk: string, calls: readonly SdkCall[]): void {
  let models: MockModels
  let endWatch = () => {}
  beforeAll(async () => {
    endWatch = watchWire()
    models = await startMockModels()
  })
  afterAll(async () => {
    endWatch()
    await models.stop()
  })

  const observe = async (
    { onTestFinished }: TestContext,
    call: SdkCall,
    given: { readonly faults?: readonly Fault[]; readonly act?: (url: string) => Promise<unknown> },
  ) => {
    const respond = call.respond ?? models.respond
    const server = await startModelServer({ respond, faults: given.faults, isHttp2: call.isHttp2 })
    onTestFinished(() => server.close())
    const observed = await observeRequests(() => (given.act ?? call.ask)(server.url))
    settleOpenAttempts(observed.collector.runId)
    const { requests, calls } = observed.collector.getMetadataSummary().aggregate_statistics
    return { ...observed, server, requests, calls }
  }

  describe.concurrent.each(calls)(`${sdk}: $name`, (call) => {
    const { ask, leave, link, model, usage = { input: 44, output: 92 } } = call
    const retries = call.attempts !== 1
    const isStream = leave !== undefined

    test('one call is one attempt with its tokens', async (context) => {
      const { expect } = context
      const { attempts, error, calls, requests } = await observe(context, call, {})
      expect(error).toBeUndefined()
      expect(attempts).toHaveLength(1)
      expect(attempts[0]).toMatchObject({ status: 200, model, node: 'n', resendCount: 0, usage })
      expect(attempts[0]?.isAborted).toBeUndefined()
      expect(requests.total_requests).toBe(1)
      expect(calls).toMatchObject({ total: 1, succeeded: 1 })
      if (!isStream) return
      const { timeToFirstTokenSeconds = Number.NaN, durationSeconds = 0 } = attempts[0] ?? {}
      expect(timeToFirstTokenSeconds).toBeGreaterThan(0)
      expect(timeToFirstTokenSeconds).toBeLessThanOrEqual(durationSeconds)
    })

    test('a 429 and its retry are two attempts of one call', async (context) => {
      const { expect } = context
      // Where the SDK does not retry, its user does.
      const act = retries ? ask : (url: string) => ask(url).catch(() => ask(url))
      const { attempts, error, calls, requests } = await observe(context, call, { faults: [{ status: 429 }], act })
      expect(error).toBeUndefined()
      expect(attempts.map(({ status, resendCount, attemptLink }) => [status, resendCount, attemptLink])).toEqual([
        [429, 0, undefined],
        [200, 1, link],
      ])
      expect(attempts[1]?.callId).toBe(attempts[0]?.callId)
      expect(attempts[1]?.waitSeconds).toBeGreaterThanOrEqual(0)
      expect(attempts[0]?.usage).toBeUndefined()
      expect(attempts[1]?.usage).toMatchObject(usage)
      expect(requests).toMatchObject({ total_requests: 2, total_retries: 1, total_failures: 0 })
      expect(calls).toMatchObject({ total: 1, succeeded: 1 })
    })

    test('500s to the end are the attempts of one failed call', async (context) => {
      const { expect } = context
      const faults = Array.from({ length: 100 }, () => ({ status: 500 }))
      const { attempts, calls, requests, server } = await observe(context, call, { faults, act: call.askToTheEnd })
      const count = call.attempts ?? server.requests.length
      expect(server.requests).toHaveLength(count)
      expect(attempts.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 500))
      expect(new Set(attempts.map(({ callId }) => callId)).size).toBe(1)
      expect(requests).toMatchObject({ total_retries: count - 1, total_failures: 1 })
      expect(calls).toMatchObject({ total: 1, succeeded: 0 })
    })

    test('a dropped connection is an attempt without an answer', async (context) => {
      const { expect } = context
      const { attempts } = await observe(context, call, { faults: ['drop'] })
      const isRetried = retries && call.givesUpDropped !== true
      expect(attempts).toHaveLength(isRetried ? 2 : 1)
      expect(attempts[0]).toMatchObject({ status: 0, resendCount: 0 })
      expect(attempts[0]?.errorType).toMatch(/./)
      expect(attempts[0]?.usage).toBeUndefined()
      if (isRetried) expect(attempts[1]).toMatchObject({ status: 200, resendCount: 1, attemptLink: link, usage })
    })

    if (!isStream) return

    test('a stream that is cut is a failed attempt with an estimate beside it', async (context) => {
      const { expect } = context
      const { attempts, collector } = await observe(context, call, { faults: ['cut'] })
      expect(attempts[0]?.status).toBe(200)
      expect(attempts[0]?.errorType).toMatch(/./)
      expect(attempts[0]?.usage).toBeUndefined()
      expect(attempts[0]?.estimatedUsage?.output).toBeGreaterThan(0)
      const whole = attempts.slice(1).length * 136
      expect(collector.getMetadataSummary().aggregate_statistics.tokens.total_tokens).toBe(whole)
    })

    test('leaving a stream reaches the server, and leaves an estimate', async (context) => {
      const { expect } = context
      const { attempts, server } = await observe(context, call, { faults: ['stall'], act: leave })
      if (call.isHttp2 !== true) await server.clientLeft
      expect(attempts).toHaveLength(1)
      expect(attempts[0]).toMatchObject({ status: 200, isAborted: true })
      expect(attempts[0]?.errorType).toBeUndefined()
      expect(attempts[0]?.usage).toBeUndefined()
      expect(attempts[0]?.estimatedUsage?.output).toBeGreaterThan(0)
    })
  })
}

type Items = AsyncIterable<unknown> | Iterable<unknown>

/** Reads something that can be iterated to its end. */
export async function readAll(items: Items): Promise<void> {
  for await (const _ of items);
}

/** Reads the first pieces of something that can be iterated, and aborts it. The error it may get for that is its own. */
export async function readAndAbort(open: (signal: AbortSignal) => Items | Promise<Items>, count = 3): Promise<void> {
  const controller = new AbortController()
  try {
    let seen = 0
    for await (const _ of await open(controller.signal)) {
      seen += 1
      if (seen === count) controller.abort()
    }
  } catch (error) {
    if (!controller.signal.aborted) throw error
  }
}

/** Reads the first pieces of something that can be iterated, and goes away. */
export async function readSome(items: Items, count = 3): Promise<void> {
  let seen = 0
  for await (const _ of items) {
    seen += 1
    if (seen === count) return
  }
}
