import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { type SilentModels, silenceSegments, updateSilentModels } from './silent-models.ts'

/** What is said twenty seconds after the first of some requests, which come one a second. */
function saidAfter(requests: readonly Partial<RequestEnd>[]) {
  const models: SilentModels = new Map()
  for (const [index, fields] of requests.entries()) updateSilentModels(models, requestEnd(fields), index * 1_000)
  return silenceSegments(models, 20_000)
}

const down = { status: 503 }

test('a model that fails five times in a row is told of, with how long and how last', () => {
  expect(saidAfter(Array(4).fill(down))).toEqual([])
  expect(saidAfter([...Array(4).fill(down), { status: 0, errorType: 'ECONNREFUSED' }])).toEqual([
    { text: 'm: 5 requests in a row failed for 20.0 s, the last with ECONNREFUSED', tone: 'bad' },
  ])
  expect(saidAfter(Array(6).fill({ ...down, model: 'other' }))).toHaveLength(1)
})

test('an answer or a refusal shows that it is there; what says nothing of it counts neither way', () => {
  expect(saidAfter([...Array(4).fill(down), { status: 200 }, ...Array(4).fill(down)])).toEqual([])
  expect(saidAfter([...Array(5).fill(down), { status: 401 }])).toEqual([])
  expect(saidAfter([...Array(4).fill(down), { status: 429 }])).toEqual([])
  expect(saidAfter([...Array(4).fill(down), { status: 429 }, down])).toHaveLength(1)
})
