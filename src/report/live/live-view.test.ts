import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { type SampleRunOptions, sampleEvents } from '../../../test/helpers/sample-run.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { textWidth } from '../text/terminal-text.ts'
import { elapsedSeconds, recordsPerSecond, secondsLeft, tokensPerSecond } from './live-figures.ts'
import { LatencyCounter, RateWindow } from './live-state.ts'
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

/** The line of a label, in a terminal wide enough for all of it. */
function lineOf(label: string, { state, nowMs }: ReturnType<typeof stateAfter>, options: object = {}) {
  const lines = renderLive(state, { columns: 0, rows: 40, nowMs, ...options })
  return lines.find((line) => line.startsWith(`${label} `))?.replace(/^\S+( \S+)? +/, '')
}

test('batches are told by what has become of them, and how far those are that are waited for', () => {
  const batch = { type: 'batch-change', model: 'm', atMs: 0 } as const
  const events: MetadataEvent[] = [
    { ...batch, batch: 'a', state: 'submitting', lines: 10 },
    { ...batch, batch: 'a', state: 'waiting', lines: 10, answered: 4 },
    { ...batch, batch: 'b', state: 'submitting', lines: 5 },
    { ...batch, batch: 'c', state: 'ended', lines: 100, answered: 100 },
    { ...batch, batch: 'd', state: 'failed', lines: 100 },
  ]
  const told = '1 waiting, 1 submitting, 1 ended, 1 failed, 4 of 15 calls answered'
  const all = stateAfter(events)
  expect(lineOf('batches', all)).toBe(told.replaceAll(', ', ' · '))
  expect(renderPlainLine(all.state, all)).toContain(`; batches, ${told}`)
  const over = stateAfter(events.slice(3))
  expect(lineOf('batches', over)).toBe('1 ended · 1 failed')
  expect(lineOf('batches', stateAfter([]))).toBeUndefined()
})

test('what the cache answered is in no other figure, and as far as its price is known', () => {
  const hit = { type: 'cache-hit', model: 'm', slot: 's', atMs: 0 } as const
  const cost = (status: 'priced' | 'simulated', usd: number, reason?: string) => {
    return { ...hit, avoidedCost: { status, picodollars: usd * 1e12, lines: [], ...(reason && { reason }) } }
  }
  const known = stateAfter([cost('priced', 2), cost('priced', 1), cost('simulated', 5)])
  expect(lineOf('avoided', known)).toBe('3 requests · $3.00 + $5.00 simulated · from the cache')
  expect(renderPlainLine(known.state, known)).toContain(
    '; avoided, 3 requests, $3.00 + $5.00 simulated, from the cache',
  )
  expect(lineOf('requests', known)).toBe('0 ok · 0 retried · 0 failed')
  expect(lineOf('cost', known)).toBe('$0.00')
  expect(lineOf('avoided', stateAfter([cost('priced', 2), hit]))).toBe('2 requests · ≥ $2.00 · from the cache')
  expect(lineOf('avoided', stateAfter([cost('priced', 2, 'a part has none')]))).toContain('≥ $2.00')
  expect(lineOf('avoided', stateAfter([hit]))).toBe('1 request · at an unknown price · from the cache')
  expect(lineOf('avoided', stateAfter([]))).toBeUndefined()
  expect(renderPlainLine(stateAfter([]).state, { nowMs: startedAtMs })).not.toMatch(/avoided|batches|p50/)
})

test('requests are told as they ended, with their tokens and how long their calls took', () => {
  const usage = { input: 1_000, cacheRead: 500, output: 30, reasoning: 4 }
  const after = stateAfter([
    requestEnd({ usage, durationSeconds: 2 }),
    requestEnd({ status: 429, durationSeconds: 9 }),
    requestEnd({ resendCount: 1, usage: { output: 6 }, durationSeconds: 1, callDurationSeconds: 4 }),
    requestEnd({ status: 500, durationSeconds: 9 }),
    // What was kept, or is told of later, has no time that tells of the provider.
    requestEnd({ isGatewayCacheHit: true, durationSeconds: 99 }),
    requestEnd({ isDeferred: true, durationSeconds: 99 }),
  ])
  expect(lineOf('requests', after)).toBe('4 ok · 1 retried · 1 failed')
  expect(lineOf('requests', after, { runningRequests: 1_000 })).toBe('1,000 running · 4 ok · 1 retried · 1 failed')
  expect(lineOf('tokens', after)).toMatch(/^1,500 in · 40 out · /)
  expect(lineOf('latency', after)).toMatch(/^p50 2\.00 s · p95 /)
  expect([after.state.latency.count, after.state.latency.quantile(1)]).toEqual([2, 4])
  expect(renderPlainLine(after.state, after)).toContain('; 6 requests, 4 ok, 1 retried, 1 failed; 1,540 tokens; ')
  expect(lineOf('latency', stateAfter([requestEnd({ status: 500 })]))).toBeUndefined()
})

test('a process that is watched has a line of what it asked for; a worker that comes back is there again', () => {
  const environment = { nodeVersion: 'v20', sygraVersion: '1', host: 'box', pid: 7 }
  const common = { type: 'worker-start', session: 0, startedAtMs, environment } as const
  const program = { ...common, program: 'bill.mjs', transport: 'none' } as const
  const asked = (worker: string) => ({ ...requestEnd({ isAnnounced: true }), worker })
  const start = { type: 'request-start', model: 'm', resendCount: 0, startedAtMs, worker: 'p1' } as const
  const after = stateAfter([
    { ...program, worker: 'p1' },
    { ...program, worker: 'p2', environment: { ...environment, host: undefined } } as MetadataEvent,
    start,
    start,
    start,
    asked('p1'),
    { ...requestEnd(), worker: 'p1' },
  ])
  expect(lineOf('p1', after)).toBe('2 requests · 2 running · bill.mjs · box 7')
  expect(lineOf('p2', after)).toBe('0 requests · 0 running · bill.mjs')
  const back = stateAfter([
    { ...common, worker: 'w1', concurrency: 2 },
    { type: 'worker-end', worker: 'w1', endedAtMs: 0, durationSeconds: 1 },
    { ...common, worker: 'w1', concurrency: 2 },
    { type: 'record-end', succeeded: true, worker: 'w1' },
    { type: 'record-end', succeeded: false, worker: 'w1' },
  ])
  expect(lineOf('w1', { ...back, nowMs: back.nowMs + 4_799 })).toMatch(/^2 records · [\d/.a-z]+ · 0 running · box 7$/)
  expect(lineOf('w1', { ...back, nowMs: back.nowMs + 5_000 })).toContain('last heard 5.00 s ago')
})

test('a run has ended when its end was told, of a program when its last process has gone, and goes on when it is taken up', () => {
  const end = {
    type: 'run-end',
    session: 0,
    status: 'complete',
    endedAtMs: startedAtMs + 10_000,
    durationSeconds: 10,
  } as const
  const begun = sampleEvents({ records: 0, status: undefined })
  const ended = stateAfter([...begun, end])
  expect(elapsedSeconds(ended.state, startedAtMs + 99_000)).toBe(10)
  expect(elapsedSeconds(stateAfter(begun).state, startedAtMs + 99_000)).toBe(99)
  expect(elapsedSeconds(stateAfter([...begun, end, ...begun]).state, startedAtMs + 99_000)).toBe(99)
  expect(elapsedSeconds(createLiveState(), startedAtMs)).toBe(0)
  const environment = { nodeVersion: 'v20', sygraVersion: '1', host: 'box', pid: 7 }
  const join = (worker: string): MetadataEvent => ({
    type: 'worker-start',
    worker,
    session: 0,
    startedAtMs,
    environment,
  })
  const leave = (worker: string): MetadataEvent => ({ type: 'worker-end', worker, endedAtMs: 0, durationSeconds: 1 })
  const program = [...begun, join('p1'), join('p2'), leave('p1'), { ...end, worker: 'p1' }]
  expect(stateAfter(program).state.endedAtMs).toBeUndefined()
  expect(stateAfter([...program, leave('p2'), { ...end, worker: 'p2' }]).state.endedAtMs).toBe(end.endedAtMs)
})

test('rates are of the last half minute while a run goes on, and of the whole of it when it has ended', () => {
  const begun = sampleEvents({ records: 0, status: undefined })
  const { state } = stateAfter(begun)
  const later = startedAtMs + 60_000
  updateLiveState(state, requestEnd({ usage: { output: 600 } }), later)
  expect(tokensPerSecond(state, later)).toBe(20)
  for (let index = 0; index < 6; index += 1) {
    updateLiveState(state, { type: 'record-end', succeeded: true }, startedAtMs + 30_500)
  }
  // Six in the last half minute; two minutes later none, so that the whole run tells more.
  expect(recordsPerSecond(state, startedAtMs + 40_000)).toBe(0.2)
  expect(recordsPerSecond(state, startedAtMs + 120_000)).toBe(0.05)
  expect(secondsLeft(state, 12, startedAtMs + 120_000)).toBeCloseTo(120, 9)
  expect([secondsLeft(state, 6, later), secondsLeft(state, undefined, later)]).toEqual([undefined, undefined])
  state.endedAtMs = startedAtMs + 100_000
  expect(tokensPerSecond(state, later)).toBe(6)
  expect(recordsPerSecond(state, later)).toBe(0.06)
  expect(secondsLeft(state, 12, later)).toBeUndefined()
  expect([tokensPerSecond(createLiveState(), later), recordsPerSecond(createLiveState(), later)]).toEqual([0, 0])
})

test('a window counts what happened in the last thirty seconds, and no older bucket', () => {
  const window = new RateWindow()
  window.add(3, 1_000_000)
  window.add(4, 1_000_999)
  expect([window.amount(1_000_999), window.lengthSeconds(1_000_999)]).toEqual([7, 0.999])
  expect([window.amount(1_029_999), window.amount(1_030_000)]).toEqual([7, 0])
  expect(window.lengthSeconds(1_090_000)).toBe(30)
  window.add(1, 1_030_000)
  expect(window.amount(1_030_000)).toBe(1)
  expect(window.lengthSeconds(5_000, 2_000)).toBe(3)
})

test('nodes have what they did and where they failed; a failure of a session that is over takes nothing back', () => {
  const node = { type: 'node-end', node: 'write', nodeType: 'llm', durationSeconds: 1 } as const
  const after = stateAfter([
    { ...node, succeeded: true },
    { ...node, succeeded: false },
    { type: 'record-end', recordId: 'a', succeeded: true, repeatsFailure: true },
  ])
  expect(lineOf('write', after)).toMatch(/^2 done · 1 failed · p50 (1\.0|0?99)\d* ?m?s/)
  expect([after.state.records, after.state.failedRecords]).toEqual([1, 0])
  expect(renderPlainLine(after.state, after)).toMatch(/^1 record, /)
})
