import { expect, test } from 'vitest'
import type { BatchChange } from '../event.ts'
import { BatchTotals } from './batch-totals.ts'

const change = (
  batch: string,
  state: BatchChange['state'],
  atMs: number,
  fields: Partial<BatchChange> = {},
): BatchChange => ({
  type: 'batch-change',
  batch,
  model: 'm',
  state,
  lines: 3,
  atMs,
  ...fields,
})

function batchesOf(...changes: readonly BatchChange[]) {
  const totals = new BatchTotals()
  for (const each of changes) totals.add(each)
  return totals
}

const history = [
  change('b', 'submitting', 1_000),
  change('a', 'submitting', 2_000),
  change('b', 'waiting', 3_000, { providerId: 'batch_1', answered: 0 }),
  change('b', 'waiting', 4_000, { answered: 2 }),
  change('b', 'ended', 5_000),
  change('a', 'failed', 5_000, { reason: 'refused', providerId: 'batch_2' }),
]

test('a batch is what was heard of it last, whatever is read first, and when it was handed in', () => {
  const expected = {
    batches: [
      {
        id: 'b',
        provider_id: 'batch_1',
        model: 'm',
        state: 'ended',
        lines: 3,
        answered: 2,
        submitted_at: '1970-01-01T00:00:01.000+00:00',
        changed_at: '1970-01-01T00:00:05.000+00:00',
      },
      {
        id: 'a',
        provider_id: 'batch_2',
        model: 'm',
        state: 'failed',
        lines: 3,
        answered: null,
        submitted_at: '1970-01-01T00:00:02.000+00:00',
        changed_at: '1970-01-01T00:00:05.000+00:00',
        reason: 'refused',
      },
    ],
  }
  expect(batchesOf(...history).summary(0)).toEqual(expected)
  expect(batchesOf(...history.toReversed()).summary(0)).toEqual(expected)
  for (const cut of history.keys()) {
    const merged = batchesOf(...history.slice(cut))
    merged.merge(batchesOf(...history.slice(0, cut)))
    expect(merged.summary(0), `cut in front of change ${cut}`).toEqual(expected)
  }
  expect(batchesOf(...history).all()).toMatchObject([
    { batch: 'b', submittedAtMs: 1_000, atMs: 5_000 },
    { batch: 'a', submittedAtMs: 2_000 },
  ])
  expect(batchesOf(...history).size).toBe(2)
})

test('a run that handed nothing in has no word of it', () => {
  expect(batchesOf().summary(0)).toEqual({})
})

test('of changes in the same moment the later state holds, and of equal ones always the same', () => {
  const states = ['submitting', 'waiting', 'ended', 'failed', 'withdrawn'] as const
  const moment = states.map((state) => change('b', state, 1_000))
  for (const [index, state] of states.entries()) {
    const seen = moment.slice(0, index + 1)
    expect(batchesOf(...seen).all()[0]?.state).toBe(state)
    expect(batchesOf(...seen.toReversed()).all()[0]?.state).toBe(state)
  }
  const [one, other] = [change('b', 'ended', 1_000, { lines: 4 }), change('b', 'ended', 1_000, { lines: 5 })]
  expect(batchesOf(one, other).all()).toEqual(batchesOf(other, one).all())
})

test('batches that were handed in together stand by their names', () => {
  expect(
    batchesOf(change('b', 'waiting', 1), change('a', 'waiting', 1), change('c', 'waiting', 1))
      .all()
      .map(({ batch }) => batch),
  ).toEqual(['a', 'b', 'c'])
})
