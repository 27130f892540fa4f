import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import type { MetadataEvent, RequestEnd } from '../../metadata/event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { summarize } from '../../metadata/summary.ts'
import { compareRuns } from '../compare/compare.ts'
import { evaluateGates, parseGate } from '../compare/gates.ts'
import { resolveFigure } from '../explain/figure-path.ts'
import { renderRunEnding } from './run-ending.ts'
import { renderMarkdown, renderRun } from './run-sections.ts'

function fileOf(events: readonly MetadataEvent[]): Metadata {
  const totals = new RunTotals()
  totals.add({
    type: 'run-start',
    runId: 'r',
    session: 0,
    startedAtMs: 0,
    utcOffsetMinutes: 0,
    context: { taskName: 'app' },
    environment: { nodeVersion: '24.0.0', sygraVersion: '1' },
    git: {},
  })
  for (const event of events) totals.add(event)
  totals.add({ type: 'run-end', session: 0, status: 'complete', endedAtMs: 1, durationSeconds: 9 })
  return summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 })
}

function asked(usd: number | undefined, place: Partial<RequestEnd>): RequestEnd {
  const usage = { input: 100, output: 0 }
  return requestEnd({
    usage,
    cost:
      usd === undefined
        ? { status: 'unpriced', picodollars: 0, lines: [] }
        : { status: 'priced', picodollars: Math.round(usd * 1e12), lines: [] },
    ...place,
  })
}

const run = fileOf([
  asked(0.5, { agent: 'planner' }),
  asked(undefined, { agent: 'planner' }),
  asked(1, { agent: 'searcher', outerAgents: ['planner'], tool: 'research' }),
  asked(undefined, { agent: 'guesser' }),
  asked(2, {}),
  { type: 'actor-end', kind: 'agent', name: 'planner', succeeded: true, durationSeconds: 3 },
  { type: 'actor-end', kind: 'agent', name: 'searcher', succeeded: true, durationSeconds: 1 },
  { type: 'actor-end', kind: 'tool', name: 'research', succeeded: true, durationSeconds: 2 },
  { type: 'actor-end', kind: 'tool', name: 'add', succeeded: false, durationSeconds: 0.25, errorType: 'TypeError' },
])

test('show has a table of agents that adds up to the run, says what is inclusive, and loses no doubt of a cost', () => {
  const text = renderRun(run, { parts: ['overview'] })
  const table = text.slice(text.indexOf('\nAgents'), text.indexOf('\nTools')).split('\n')
  const rows = table.map((line) => line.trim().split(/ {2,}/))
  expect(rows).toContainEqual(['agent', 'executions', 'requests', 'tokens', 'cost', 'cost inclusive', 'p50', 'p95'])
  expect(rows).toContainEqual(['planner', '1', '2', '200', '≥ $0.50', '≥ $1.50', '3.00 s', '3.00 s'])
  expect(rows).toContainEqual(['searcher', '1', '1', '100', '$1.00', '$1.00', '1.00 s', '1.00 s'])
  expect(rows).toContainEqual(['guesser', '–', '1', '100', 'unpriced', 'unpriced', '–', '–'])
  expect(rows).toContainEqual(['outside agents', '–', '1', '100', '$2.00', '–', '–', '–'])
  expect(table.join('\n')).toContain('not to be added up')
})

test('a tool has its executions and what was asked while it ran; its errors are among the errors', () => {
  const text = renderRun(run, { parts: ['overview'] })
  const table = text.slice(text.indexOf('\nTools'), text.indexOf('\nResponses'))
  expect(table).toMatch(/research +1 +0 +1 +100 +\$1\.00 +2\.00 s/)
  expect(table).toMatch(/add +1 +1 +0 +0 +– +250 ms/)
  expect(table).toContain('another view of the same requests')
  expect(text).toMatch(/tool add +TypeError +1/)
  expect(renderMarkdown(run)).toMatch(/\| planner \| 1 \| 2 \| 200 \| ≥ .{0,1}\$0.50 \| ≥ .{0,1}\$1.50 \|/)
})

test('one agent alone: its own cost, and that with all that it called, apart', () => {
  const text = renderRun(run, { agent: 'planner' })
  expect(text).toContain('Agent planner')
  expect(text).toMatch(/own cost +≥ \$0\.50 \(1 of 2 requests unpriced\), ≥ \$0\.50 per execution/)
  expect(text).toMatch(/inclusive +≥ \$1\.50 \(1 of 3 requests unpriced\).*3 requests, 300 tokens/)
})

test('the end of a program says what its agents and tools did and cost', () => {
  const text = renderRunEnding({ metadata: run }, {})
  expect(text).toMatch(/agents +planner 1×, ≥ \$0\.50; searcher 1×, \$1\.00; guesser unpriced/)
  expect(text).toMatch(/tools +research 1×, \$1\.00; add 1×, 1 failed/)
})

test('a run without agents and tools says nothing of them', () => {
  const plain = fileOf([asked(1, {})])
  expect(plain).not.toHaveProperty('agents')
  expect(renderRun(plain, {})).not.toMatch(/agent|tool/i)
  expect(renderRunEnding({ metadata: plain }, {})).not.toMatch(/agents|tools/)
})

test('agents and tools are compared, and gates and explain know them by name', () => {
  const dearer = fileOf([asked(3, { agent: 'planner', tool: 'research' })])
  const cheaper = fileOf([asked(1, { agent: 'planner', tool: 'research' })])
  const { agents, tools } = compareRuns(cheaper, dearer)
  for (const parts of [agents, tools]) {
    const cost = parts[0]?.figures.find(({ name }) => name === 'total_cost')
    expect(cost).toMatchObject({ base: 1, head: 3, difference: 2, verdict: 'worse' })
  }
  const gates = ['agents.planner.total_cost<2', 'tools.research.inclusive_cost<=3', 'agents.nobody.total_cost<1']
  const results = evaluateGates(gates.map(parseGate), cheaper, dearer)
  expect(results.map(({ passed }) => passed)).toEqual([false, true, false])
  expect(results[2]?.reason).toBe('head has no agent "nobody"')
  expect(resolveFigure(dearer, 'agents.planner.cost')).toEqual(['agents', 'planner', 'cost', 'total_cost_usd'])
})

test('what was sent outside of agents is unpriced where nothing of it has a price, and a lower bound where a part has', () => {
  const outside = (...requests: readonly RequestEnd[]) =>
    renderRun(fileOf([asked(1, { agent: 'planner' }), ...requests]), { parts: ['overview'] }).replaceAll(/ +/g, ' ')
  expect(outside(asked(undefined, {}))).toContain('\noutside agents 1 100 unpriced\n')
  expect(outside(asked(undefined, {}), asked(2, {}))).toContain('\noutside agents 2 200 ≥ $2.00\n')
  expect(outside(asked(2, {}))).toContain('\noutside agents 1 100 $2.00\n')
})
