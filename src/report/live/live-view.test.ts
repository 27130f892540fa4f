import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { type SampleRunOptions, sampleEvents } from '../../../test/helpers/sample-run.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { textWidth } from '../text/terminal-text.ts'
import { recordsPerSecond, secondsLeft } from './live-figures.ts'
import { LatencyCounter } from './live-state.ts'
import { createLiveState, renderLive, renderPlainLine, updateLiveState } from './live-view.ts'

const startedAtMs = Date.UTC(2026, 10, 23, 17, 19, 7)

/** The state after some events, one every 200 ms. */
function stateAfter(events: readonly MetadataEvent[]) {
  const state = createLiveState()
  let nowMs = startedAtMs
  for (const event of events) {
    nowMs += 200
    updateLiveState(state, event, nowMs)
  }
  return { state, nowMs }
}

/** A run of 50 records of which about half are done. */
function halfDone(options: SampleRunOptions = {}) {
  return stateAfter(sampleEvents({ records: 50, failEvery: 9, costStatus: 'simulated', ...options }).slice(0, 150))
}

const concurrency = { running: 8, limit: 50, reason: 'the model answers 429' }

test.each([1, 12, 40, 41, 71, 72, 80, 120, 200])('no line is wider than %i columns', (columns) => {
  const { state, nowMs } = halfDone({ nodes: ['generate', '批評'.repeat(20)] })
  const lines = renderLive(state, { columns, nowMs, totalRecords: 50, runningRequests: 8, concurrency })
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns)
  expect(lines.every((line) => !line.includes('\n'))).toBe(true)
})

test('the view says how far the run is, what it did and what it costs', () => {
  const { state, nowMs } = halfDone()
  const text = renderLive(state, { columns: 200, nowMs, totalRecords: 50, runningRequests: 8, concurrency }).join('\n')
  expect(text).toContain('28/50 records')
  expect(text).toContain('56%')
  expect(text).toMatch(/ s left/)
  expect(text).toContain('8 running · 50 ok')
  expect(text).toMatch(/\d retried · \d failed/)
  expect(text).toMatch(/ in · [\d,]+ out · \d+ out\/s/)
  expect(text).toMatch(/\$0\.\d+ simulated · \$0\.\d+ simulated for all 50 · 80% between \$/)
  expect(text).toMatch(/p50 [\d.]+ s · p95 [\d.]+ s/)
  expect(text).toContain('8 of 50 records · the model answers 429')
  expect(text).toContain('generate  28 done')
})

test('without a total there is no bar and no time left', () => {
  const { state, nowMs } = halfDone()
  const text = renderLive(state, { columns: 80, nowMs }).join('\n')
  expect(text).toContain('28 records')
  expect(text).not.toMatch(/left|█|░/)
})

test('at the very beginning nothing is made up', () => {
  const options = { columns: 80, nowMs: startedAtMs, totalRecords: 10 }
  const text = renderLive(createLiveState(), options).join('\n')
  expect(text).toContain('0/10 records')
  expect(text).toContain('$0.00')
  expect(text).not.toMatch(/NaN|Infinity|undefined|left/)
})

test('colours come only when asked for', () => {
  const { state, nowMs } = halfDone()
  const escapeCharacter = String.fromCharCode(27)
  expect(renderLive(state, { columns: 80, nowMs, totalRecords: 50 }).join('')).not.toContain(escapeCharacter)
  const colored = renderLive(state, { columns: 80, nowMs, totalRecords: 50, colors: true })
  expect(colored.join('')).toContain(escapeCharacter)
  for (const line of colored) expect(textWidth(line)).toBeLessThanOrEqual(80)
})

test('nodes that do not fit into the terminal are counted', () => {
  const { state, nowMs } = halfDone({ nodes: Array.from({ length: 30 }, (_, index) => `node-${index}`) })
  const lines = renderLive(state, { columns: 80, rows: 24, nowMs })
  expect(lines.length).toBeLessThan(24)
  expect(lines.at(-1)).toMatch(/^and \d+ more nodes$/)
})

test('a hostile node name stays in its line', () => {
  const { state, nowMs } = halfDone({ nodes: ['\u001b[2J\nnode'] })
  const text = renderLive(state, { columns: 80, nowMs }).join('\n')
  expect(text).not.toContain('\u001b')
})

test('the limit of a provider is shown, and why it is what it is', () => {
  const { state, nowMs } = halfDone()
  const change = {
    type: 'concurrency-change',
    provider: 'openai',
    limit: 4,
    reason: 'rate-limit',
    atMs: nowMs,
  } as const
  updateLiveState(state, change, nowMs)
  const text = renderLive(state, { columns: 80, nowMs }).join('\n')
  expect(text).toContain('at once   4 requests to openai, fewer because of 429')
})

test('a model that does not answer is named, with for how long and how it fails, until it answers', () => {
  const refused = requestEnd({ model: 'gone', status: 0, errorType: 'ECONNREFUSED' })
  const render = (events: readonly MetadataEvent[]) => {
    const { state, nowMs } = stateAfter(events)
    return [renderLive(state, { columns: 100, nowMs }).join('\n'), renderPlainLine(state, { nowMs })]
  }
  const words = 'gone: 12 requests in a row failed for 2.20 s, the last with ECONNREFUSED'
  for (const text of render(Array<MetadataEvent>(12).fill(refused))) expect(text).toContain(words)
  const others = [
    // A few are the retries of every day, and a limit of rate is no silence.
    Array<MetadataEvent>(4).fill(refused),
    Array<MetadataEvent>(12).fill(requestEnd({ model: 'gone', status: 429, errorType: 'rate_limited' })),
    [...Array<MetadataEvent>(12).fill(refused), requestEnd({ model: 'gone' })],
  ]
  for (const events of others) for (const text of render(events)) expect(text).not.toContain('in a row')
})

test('a record done again takes its failure back', () => {
  const state = createLiveState()
  updateLiveState(state, { type: 'record-end', recordId: 'a', succeeded: false }, startedAtMs)
  updateLiveState(state, { type: 'record-end', recordId: 'a', succeeded: true, repeatsFailure: true }, startedAtMs)
  expect([state.records, state.failedRecords]).toEqual([1, 0])
})

test('a failed attempt that is retried is a retry, not a failure', () => {
  const { state } = stateAfter(sampleEvents({ records: 20 }))
  expect(state.retries).toBeGreaterThan(0)
  expect(state.failures).toBe(0)
})

test('the rate is that of the last half minute', () => {
  const state = createLiveState()
  const record = { type: 'record-end', succeeded: true } as const
  for (let second = 0; second < 100; second += 1) updateLiveState(state, record, startedAtMs + second * 1000)
  for (let index = 0; index < 300; index += 1) updateLiveState(state, record, startedAtMs + 100_000 + index * 100)
  const nowMs = startedAtMs + 130_000
  expect(recordsPerSecond(state, nowMs)).toBeGreaterThan(9)
  expect(secondsLeft(state, 500, nowMs)).toBeCloseTo(10, 0)
})

test('percentiles of the live view are within 1 %', () => {
  const latency = new LatencyCounter()
  for (let index = 1; index <= 10_000; index += 1) latency.add(index / 1000)
  expect(latency.quantile(0.5)).toBeGreaterThan(4.95)
  expect(latency.quantile(0.5)).toBeLessThan(5.05)
  expect(latency.quantile(0.95)).toBeGreaterThan(9.4)
  expect(latency.quantile(1)).toBeLessThanOrEqual(10)
  expect(new LatencyCounter().quantile(0.5)).toBeUndefined()
})

test('durations of zero or beyond all measure are counted too', () => {
  const latency = new LatencyCounter()
  for (const seconds of [0, 1e-9, 1e12, Number.NaN]) latency.add(seconds)
  expect(latency.count).toBe(4)
  expect(latency.quantile(0)).toBeLessThan(1e-6)
})

test('the plain line holds the same figures without escapes', () => {
  const { state, nowMs } = halfDone()
  const line = renderPlainLine(state, { nowMs, totalRecords: 50, runningRequests: 8 })
  expect(line).toMatch(/^28\/50 records, [\d.]+ s left, 3 failed, 56%, /)
  expect(line).toContain('8 running')
  expect(line).toContain('tokens; $0.')
  expect(line).not.toContain('\u001b')
})

test('a total that lacks the cost of some answers is a lower bound, and names their models', () => {
  const events = sampleEvents({ models: ['gpt-4o-mini', 'my-deployment'], unpricedModels: ['my-deployment'] })
  const { state, nowMs } = stateAfter(events)
  const line = renderLive(state, { columns: 0, nowMs }).find((text) => text.startsWith('cost'))
  expect(line).toMatch(/≥ \$\S+ \(\d+ of \d+ requests unpriced: my-deployment\)/)
})

test('a rehearsal that lacks the cost of some answers is a lower bound too, from the first of them on', () => {
  const known = { status: 'simulated', picodollars: 2_000_000_000, lines: [] } as const
  const unknown = {
    ...known,
    picodollars: 0,
    rehearsedStatus: 'unpriced',
    reason: 'the answer reported no usage',
  } as const
  const request = { type: 'request-end', model: 'm', status: 200, resendCount: 0, startedAtMs: 0 } as const
  const { state, nowMs } = stateAfter([
    { ...request, durationSeconds: 1, cost: known },
    { ...request, durationSeconds: 1, cost: unknown },
  ])
  expect(renderPlainLine(state, { nowMs })).toContain(
    '≥ $0.002 simulated (1 of 2 requests unpriced: the answer reported no usage)',
  )
})

test('a machine that is paid by the hour costs the time it was busy so far', () => {
  const price = { source: 'prices.yaml', version: '1', provider: 'vllm', product: 'm', tier: 'busy time', date: '' }
  const cost = { status: 'partial', picodollars: 0, lines: [], hourly: { usdPerHour: 3600, price } } as const
  const request = { type: 'request-end', model: 'm', status: 200, resendCount: 0, startedAtMs: 0, cost } as const
  const { state, nowMs } = stateAfter([
    { ...request, durationSeconds: 2 },
    { ...request, startedAtMs: 1000, durationSeconds: 2 },
  ])
  expect(renderLive(state, { columns: 0, nowMs }).join('\n')).toMatch(/^cost +\$3\.00$/m)
})

test('in a narrow terminal lines go on below, so that nothing of a run is left out', () => {
  const { state, nowMs } = halfDone({ failEvery: 5 })
  state.requestLimits.set('openai', { limit: 4, reason: 'rate-limit' })
  const lines = renderLive(state, { columns: 40, rows: 24, nowMs, totalRecords: 40, runningRequests: 3 })
  const text = lines.join('\n')
  for (const part of ['3 running', 'ok', 'retried', 'failed', 'in', 'out', 'for all 40', '80% between', '$0.0046']) {
    expect(text).toContain(part)
  }
  expect(text.replaceAll(/\s+/g, ' ')).toContain('fewer because of 429')
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(40)
  const low = renderLive(state, { columns: 40, rows: 10, nowMs, totalRecords: 40, runningRequests: 3 })
  expect(low.length).toBeLessThan(lines.length)
})

test('each worker that is there has a line: how fast it is, what it has in flight, when it was heard last', () => {
  const join = (worker: string): MetadataEvent => ({
    type: 'worker-start',
    worker,
    session: 0,
    startedAtMs,
    environment: { nodeVersion: 'v20', sygraVersion: '1', host: 'box', pid: 7 },
    concurrency: 4,
  })
  const start = { type: 'request-start', model: 'm', resendCount: 0, startedAtMs, worker: 'w1' } as const
  const { state, nowMs } = stateAfter([
    join('w10'),
    join('w2'),
    join('w1'),
    join('w3'),
    start,
    start,
    { type: 'record-end', succeeded: true, worker: 'w1' },
    { type: 'worker-end', worker: 'w3', endedAtMs: 0, durationSeconds: 1 },
  ])
  const lines = renderLive(state, { columns: 100, nowMs: nowMs + 9_000, rows: 40 })
  expect(lines.find((line) => line.startsWith('w1'))).toMatch(/1 record .* 2 running .* last heard 9.2.* ago .* box 7/)
  expect(lines.find((line) => line.startsWith('w2'))).toContain('0 records')
  // In the order of their numbers, whoever was there first.
  expect(lines.flatMap((line) => /^w\d+/.exec(line) ?? [])).toEqual(['w1', 'w2', 'w10'])
  const low = renderLive(state, { columns: 100, nowMs, rows: 7 })
  expect(low.find((line) => line.startsWith('workers'))).toContain('3 workers · 2 requests running')
})

test('a program that is watched has no records to count; of workers that have all gone it is said', () => {
  const environment = { nodeVersion: 'v20', sygraVersion: '1', host: 'box', pid: 7 }
  const common = { type: 'worker-start', worker: 'p1', session: 0, startedAtMs, environment } as const
  const program = stateAfter([{ ...common, program: 'bill.mjs', transport: 'none' }])
  const text = renderLive(program.state, { columns: 100, nowMs: program.nowMs }).join('\n')
  expect(text).toMatch(/^[\d.]+ m?s so far\n/)
  expect(text).not.toContain('records')
  expect(renderPlainLine(program.state, { nowMs: program.nowMs })).toMatch(/^[\d.]+ m?s so far; 0 requests/)
  const gone = stateAfter([
    { ...common, concurrency: 4 },
    { type: 'worker-end', worker: 'p1', endedAtMs: 0, durationSeconds: 1 },
  ])
  const lines = renderLive(gone.state, { columns: 100, nowMs: gone.nowMs, rows: 40 })
  expect(lines.find((line) => line.startsWith('workers'))).toContain('none is there now')
})
