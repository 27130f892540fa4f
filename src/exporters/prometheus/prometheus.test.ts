import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryEvents } from '../../../test/helpers/arbitrary-events.ts'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import { Distribution } from '../../metadata/statistics/distribution.ts'
import { sketchBlock } from '../../metadata/summary/statistics-block.ts'
import { summarize } from '../../metadata/summary.ts'
import { latencyBounds } from '../latency-bounds.ts'
import { LabelLimits } from './label-limits.ts'
import { MetricSet } from './metric-set.ts'
import { cumulativeCounts, metricsOf } from './run-metrics.ts'

test('buckets count the values that are not above them, but for those within a percent of a bound', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 200_000_000 }), { maxLength: 200 }), (microseconds) => {
      const distribution = new Distribution()
      for (const value of microseconds) distribution.add(value)
      const counts = cumulativeCounts(sketchBlock(distribution))
      latencyBounds.forEach((bound, index) => {
        const surely = microseconds.filter((value) => value <= bound * 1e6 * 0.979).length
        const atMost = microseconds.filter((value) => value <= bound * 1e6 * 1.021).length
        expect(counts[index]).toBeGreaterThanOrEqual(surely)
        expect(counts[index]).toBeLessThanOrEqual(atMost)
      })
    }),
  )
})

test('no counter goes back while a run goes on', () => {
  fc.assert(
    fc.property(arbitraryEvents, (events) => {
      const totals = new RunTotals()
      const limits = new LabelLimits()
      let before = new Map<string, number>()
      for (const event of events) {
        totals.add(event)
        const text = metricsOf([summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 })], limits).text()
        const now = countersOf(text)
        for (const [series, value] of before) {
          // A model that was only rehearsed and then called has another kind of cost from then on.
          if (series.includes('_cost_usd') || series.includes('unpriced')) continue
          expect(now.get(series), series).toBeGreaterThanOrEqual(value)
        }
        before = now
      }
    }),
    { numRuns: 10 },
  )
})

test('what agents and tools did and cost is told under their names, each token once among the agents', () => {
  const totals = new RunTotals()
  const ask = {
    usage: { input: 100, output: 10 },
    cost: { status: 'priced', picodollars: 2_000_000_000, lines: [] } as const,
  }
  totals.add(requestEnd({ ...ask, agent: 'planner' }))
  totals.add(requestEnd({ ...ask, agent: 'searcher', outerAgents: ['planner'], tool: 'research' }))
  totals.add(
    requestEnd({ agent: 'searcher', usage: { input: 1 }, cost: { status: 'unpriced', picodollars: 0, lines: [] } }),
  )
  totals.add({ type: 'actor-end', kind: 'agent', name: 'planner', succeeded: true, durationSeconds: 3 })
  totals.add({ type: 'actor-end', kind: 'tool', name: 'research', succeeded: false, durationSeconds: 2 })
  totals.add({ type: 'actor-end', kind: 'agent', name: 'searcher' })
  const series = countersOf(
    metricsOf([summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 })], new LabelLimits()).text(),
  )
  const sampleOf = (name: string, labels: string) => series.get(`sygra_${name}{task="unknown",${labels}}`)
  expect(sampleOf('agent_executions_total', 'agent="planner",outcome="succeeded"')).toBe(1)
  expect(sampleOf('agent_executions_total', 'agent="searcher",outcome="unknown"')).toBe(1)
  expect(sampleOf('tool_executions_total', 'tool="research",outcome="failed"')).toBe(1)
  expect(sampleOf('agent_execution_duration_seconds_sum', 'agent="planner"')).toBe(3)
  expect(sampleOf('agent_tokens_total', 'agent="planner",type="input"')).toBe(100)
  expect(sampleOf('agent_tokens_total', 'agent="searcher",type="input"')).toBe(101)
  expect(sampleOf('agent_cost_usd_total', 'agent="planner"')).toBe(0.002)
  expect(sampleOf('agent_unpriced_requests_total', 'agent="searcher"')).toBe(1)
  expect(sampleOf('tool_requests_total', 'tool="research"')).toBe(1)
  expect(sampleOf('tool_cost_usd_total', 'tool="research"')).toBe(0.002)
})

function countersOf(text: string): Map<string, number> {
  const names = new Set([...text.matchAll(/^# TYPE (\S+) (?:counter|histogram)$/gm)].map(([, name = '']) => name))
  const samples = [...text.matchAll(/^(\w+)(\{.*\})? (\S+)$/gm)]
  return new Map(
    samples
      .filter(([, name = '']) => names.has(name.replace(/_(?:bucket|sum|count)$/, '')))
      .map(([, name = '', labels = '', value]) => [`${name}${labels}`, Number(value)]),
  )
}

test('labels with quotes, newlines and backslashes stay one line', () => {
  const set = new MetricSet()
  set.add({ name: 'a_total', type: 'counter', help: 'A\nb' }, { model: 'x"\\\ny' }, 1)
  expect(set.text()).toBe('# HELP a_total A\\nb\n# TYPE a_total counter\na_total{model="x\\"\\\\\\ny"} 1\n')
})

test('a program that makes up a model for each call fills no memory: what comes late shares a series', () => {
  const limits = new LabelLimits((text) => text.replace('sk-secret', '[redacted]'))
  const names = Array.from({ length: 1000 }, (_, index) => limits.valueOf('model', `model-${index}`))
  expect(new Set(names).size).toBe(101)
  expect(limits.valueOf('model', 'model-5')).toBe('model-5')
  expect(limits.valueOf('model', 'model-500')).toBe('other')
  expect(limits.valueOf('node', 'sk-secret')).toBe('[redacted]')
})

test('calls in batches are told by model until their answers have been read', () => {
  const totals = new RunTotals()
  const change = { type: 'batch-change', model: 'gpt-4o', lines: 3, atMs: 0 } as const
  totals.add({ ...change, batch: 'one', state: 'waiting' })
  totals.add({ ...change, batch: 'two', state: 'submitting', lines: 4 })
  totals.add({ ...change, batch: 'three', state: 'ended' })
  const text = metricsOf([summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 })], new LabelLimits()).text()
  expect(text).toContain('sygra_calls_in_batches{task="unknown",model="gpt-4o"} 7\n')
})
