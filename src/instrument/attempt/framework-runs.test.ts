import { expect, test } from 'vitest'
import type { MetadataEvent } from '../../metadata/event.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { FrameworkRuns } from './framework-runs.ts'

function runsAt(clock: { now: number }) {
  const collector = new MetadataCollector()
  const events: MetadataEvent[] = []
  collector.onEvent((event) => events.push(event))
  const runs = new FrameworkRuns(() => clock.now)
  const place = { collector }
  const start = (id: string, agent: string, models?: readonly string[]) =>
    runs.start({
      id,
      place,
      names: { agent },
      models,
      executes: models === undefined ? 'agent' : undefined,
      mayEndUntold: true,
    })
  return { runs, place, start, ends: () => events.filter(({ type }) => type === 'actor-end') }
}

test('what failed untold is left after a while, and names no request that comes later', () => {
  const clock = { now: 0 }
  const { runs, place, start, ends } = runsAt(clock)
  start('1', 'lost')
  start('2', 'lost', ['m'])
  clock.now = 899
  start('3', 'planner', ['m'])
  // It may be of either.
  expect(runs.namesFor(place, () => 'm')).toBeUndefined()
  clock.now = 901
  expect(runs.namesFor(place, () => 'm')?.agent).toBe('planner')
  expect(runs.openCalls().map(({ id }) => id)).toEqual(['3'])
  expect(ends()).toMatchObject([{ kind: 'agent', name: 'lost' }])
  expect(ends()[0]).not.toMatchObject({ durationSeconds: expect.any(Number) })
})

test('an agent that is heard of goes on, however long it takes', () => {
  const clock = { now: 0 }
  const { runs, start, ends } = runsAt(clock)
  start('1', 'planner')
  for (const now of [800, 1600, 2400]) {
    clock.now = now
    for (const run of runs.openExecutions()) runs.hear(run)
  }
  expect(runs.openExecutions()).toHaveLength(1)
  clock.now = 3300
  expect(runs.openExecutions()).toHaveLength(0)
  expect(ends()).toHaveLength(1)
})

test('the oldest of very many that go on is recorded as left', () => {
  const { start, ends } = runsAt({ now: 0 })
  for (let id = 0; id <= 10_000; id += 1) start(String(id), `agent-${id}`)
  expect(ends()).toMatchObject([{ name: 'agent-0' }])
})

test('a framework that fails when it is asked where the caller is hides no request', () => {
  const { runs, place, start } = runsAt({ now: 0 })
  runs.askFor(() => {
    throw new Error('no')
  })
  start('1', 'planner', ['m'])
  expect(runs.namesFor(place, () => 'm')?.agent).toBe('planner')
  expect(runs.spanHere()).toBeUndefined()
})

test('of several frameworks that the caller is in the one that was entered last is the innermost, whichever is asked first', () => {
  const { runs, place } = runsAt({ now: 0 })
  const here: { one?: string; other?: string } = {}
  runs.askFor(() => here.one)
  runs.askFor(() => here.other)
  const enter = (kind: 'one' | 'other', id: string, parentId?: string) => {
    runs.start({ id, place, parentId, names: { agent: id }, executes: 'agent' })
    here[kind] = id
  }
  const request = () => runs.namesFor(place, () => 'm')
  enter('other', 'outer')
  enter('one', 'inner')
  expect(request()).toMatchObject({ agent: 'inner', outerAgents: ['outer'] })
  // It tells within which of its own it begins, and knows nothing of the other framework between them.
  enter('other', 'innermost', 'outer')
  expect(request()).toMatchObject({ agent: 'innermost', outerAgents: ['inner', 'outer'] })
  runs.end('innermost')
  here.other = 'outer'
  expect(request()?.agent).toBe('inner')
  // Beside the place where the caller is it is what its framework says.
  runs.start({ id: 'sibling', place, parentId: 'outer', names: { agent: 'sibling' } })
  enter('other', 'within', 'sibling')
  expect(request()).toMatchObject({ agent: 'within', outerAgents: ['sibling', 'inner', 'outer'] })
})
