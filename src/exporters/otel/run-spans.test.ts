import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import type { MetadataEvent, RequestEnd } from '../../metadata/event.ts'
import { conventionsFor } from './conventions.ts'
import { RunSpans } from './run-spans.ts'

const start: MetadataEvent = {
  type: 'run-start',
  runId: '0af76519-16cd-43dd-8448-eb211c80319c',
  session: 0,
  startedAtMs: 0,
  utcOffsetMinutes: 0,
  context: { taskName: 'told' },
  environment: { nodeVersion: 'v20', sygraVersion: '0' },
  git: {},
}

function runSpans(): RunSpans {
  const spans = new RunSpans({ names: conventionsFor(undefined) })
  spans.take(start, 0)
  return spans
}

const names = (ends: readonly Partial<RequestEnd>[]) => {
  const spans = runSpans()
  return ends
    .flatMap((end) => spans.take(requestEnd(end), 0))
    .map(({ name }) => name)
    .filter((name) => name !== 'POST')
}

test('the operation is what the endpoint tells; where it does not, an answer of a model for embeddings without output is one', () => {
  const used = { usage: { input: 4 } }
  expect(names([{ model: 'my-vectors', operation: 'embeddings', ...used }])).toEqual(['embeddings my-vectors'])
  expect(names([{ model: 'embedder-chat', operation: 'chat', ...used }])).toEqual(['chat embedder-chat'])
  expect(names([{ model: 'amazon.titan-embed-text-v2:0', ...used }])).toEqual([
    'embeddings amazon.titan-embed-text-v2:0',
  ])
  expect(names([{ model: 'amazon.nova-lite', ...used }])).toEqual(['chat amazon.nova-lite'])
})

test('a call that failed waits two minutes for its retry; those of others end it no sooner', () => {
  const spans = runSpans()
  const failed = { status: 429, errorType: 'rate_limited', durationSeconds: 1 }
  const taken = (end: Partial<RequestEnd>) => spans.take(requestEnd(end), 0).filter(({ name }) => name !== 'POST')
  expect(taken({ ...failed, callId: 'a', startedAtMs: 0 })).toEqual([])
  expect(taken({ ...failed, callId: 'b', startedAtMs: 60_000 })).toEqual([])
  // The retry of a begins its two minutes anew.
  expect(taken({ ...failed, callId: 'a', resendCount: 1, startedAtMs: 100_000 })).toEqual([])
  const [b, ...more] = taken({ callId: 'c', startedAtMs: 185_000 })
  expect([b, ...more].map((span) => span?.attributes['sygra.call.id'])).toEqual(['c', 'b'])
  expect(spans.flushOld(220_000)).toEqual([])
  const [a] = spans.flushOld(230_000)
  expect(a?.attributes).toMatchObject({ 'sygra.call.id': 'a', 'sygra.call.attempts': 2, 'error.type': 'rate_limited' })
})

test('what the program has told its own OpenTelemetry of is no span here', () => {
  const spans = runSpans()
  const isTraced = true
  const told: MetadataEvent[] = [
    requestEnd({ callId: 'a', isTraced, recordId: 'r', node: 'n', agent: 'p' }),
    {
      type: 'actor-end',
      kind: 'agent',
      name: 'p',
      node: 'n',
      recordId: 'r',
      succeeded: true,
      durationSeconds: 1,
      isTraced,
    },
    { type: 'node-end', node: 'n', nodeType: 'llm', recordId: 'r', succeeded: true, durationSeconds: 1, isTraced },
    { type: 'record-end', recordId: 'r', succeeded: true, durationSeconds: 1, isTraced },
    { type: 'run-end', session: 0, status: 'complete', endedAtMs: 9, durationSeconds: 1, isTraced },
  ]
  expect(told.flatMap((event) => spans.take(event, 5))).toEqual([])
})

const planner = '00f067aa0ba902b7'
const searcher = '53ce929d0e0e4736'

/** Each span with the name of the one it is in; those of HTTP left out. */
function treeOf(events: readonly MetadataEvent[], spans = runSpans()): string[] {
  const made = events.flatMap((event) => spans.take(event, 5000))
  const byId = new Map(made.map((span) => [span.spanId, span.name]))
  const nameOf = (id: string | undefined) => (id === spans.place.spanId ? 'run' : (byId.get(id ?? '') ?? 'nothing'))
  return made.filter(({ name }) => name !== 'POST').map(({ name, parentSpanId }) => `${nameOf(parentSpanId)} > ${name}`)
}

test('agents, tools, nodes and calls that tell within which execution they were are in its span, outside of records too', () => {
  const call = (execution: string | undefined, callId: string): MetadataEvent => requestEnd({ callId, execution })
  const ended = { type: 'actor-end', succeeded: true, durationSeconds: 1 } as const
  expect(
    treeOf([
      call(planner, 'a'),
      call(searcher, 'b'),
      call(undefined, 'c'),
      { ...ended, kind: 'tool', name: 'search', execution: searcher, within: planner },
      { type: 'node-end', node: 'tools', nodeType: 'langgraph', succeeded: true, durationSeconds: 1, within: planner },
      { ...ended, kind: 'agent', name: 'planner', execution: planner },
      // As ledgers before it have them.
      { ...ended, kind: 'agent', name: 'old' },
    ]),
  ).toEqual([
    'invoke_agent planner > chat m',
    'execute_tool search > chat m',
    'run > chat m',
    'invoke_agent planner > execute_tool search',
    'invoke_agent planner > tools',
    'run > invoke_agent planner',
    'run > invoke_agent old',
  ])
})

test('an execution whose end was not told lasts as long as what is known of it; of one of which nothing is known there is no span', () => {
  const spans = runSpans()
  spans.take(requestEnd({ execution: searcher, startedAtMs: 1000, durationSeconds: 1 }), 0)
  const [tool] = spans.take({ type: 'actor-end', kind: 'tool', name: 't', execution: searcher, within: planner }, 9000)
  const [agent] = spans.take({ type: 'actor-end', kind: 'agent', name: 'lost', execution: planner }, 9000)
  for (const span of [tool, agent]) expect(span).toMatchObject({ startedAtMs: 1000, endedAtMs: 2000, error: undefined })
  expect(tool?.parentSpanId).toBe(agent?.spanId)
  expect(spans.take({ type: 'actor-end', kind: 'agent', name: 'silent', execution: planner }, 9000)).toEqual([])
})
