import { setMaxListeners } from 'node:events'
import { expect, test } from 'vitest'
import { Budget, nothing } from './budget.ts'
import { RecordRoom } from './record-room.ts'

const cost = (picodollars: number) => ({ picodollars, requests: 1, tokens: 0 })

function roomFor(limit: number, past = { records: 0, amounts: nothing }) {
  const budget = new Budget({ picodollars: limit }, past.amounts)
  const room = new RecordRoom(budget, past)
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  const begun: string[] = []
  const begin = async (id: string) => {
    if (await room.begin(id, stop.signal)) begun.push(id)
  }
  const spend = (id: string, picodollars: number) => {
    budget.spend(cost(picodollars))
    room.add(id, cost(picodollars))
  }
  return { room, begin, begun, spend, stop }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('few records are begun before one has shown what a record costs; then as many as fit', async () => {
  const { room, begin, begun, spend } = roomFor(100)
  const begins = Array.from({ length: 20 }, (_, index) => begin(`r${index}`))
  await turn()
  expect(begun).toHaveLength(4)
  spend('r0', 10)
  room.end('r0', true)
  await turn()
  // 10 are spent, and nine more records of 10 fit.
  expect(begun).toHaveLength(10)
  void begins
})

test('a record that was given up says nothing of what a whole one costs, and makes room', async () => {
  const { room, begin, begun, spend } = roomFor(100, { records: 1, amounts: cost(40) })
  void begin('a')
  void begin('b')
  await turn()
  expect(begun).toEqual(['a'])
  spend('a', 1)
  room.end('a', false)
  await turn()
  expect(begun).toEqual(['a', 'b'])
})

test('one record is always let in, and a stop ends the wait', async () => {
  const { begin, begun, stop } = roomFor(50, { records: 1, amounts: cost(40) })
  void begin('a')
  const waiting = begin('b')
  await turn()
  stop.abort()
  await waiting
  expect(begun).toEqual(['a'])
})

test('what a record in work has cost already is not expected of it a second time', async () => {
  const { begin, begun, spend, room } = roomFor(100, { records: 2, amounts: cost(60) })
  // 60 are spent, a record comes to 30: there is room for one, and for another when the first has cost its 30 or less.
  void begin('a')
  void begin('b')
  await turn()
  expect(begun).toEqual(['a'])
  spend('a', 10)
  room.end('a', true)
  await turn()
  expect(begun).toEqual(['a', 'b'])
  // Three records came to 70: b is expected to take 23, of which it has taken 5, and 25 are left.
  spend('b', 5)
  void begin('c')
  await turn()
  expect(begun).toEqual(['a', 'b'])
})

test('while records are in work the rest of each is kept free, by each kind', async () => {
  const budget = new Budget({ tokens: 100, requests: 8 })
  const room = new RecordRoom(budget, { records: 1, amounts: { picodollars: 1e15, requests: 2, tokens: 20 } })
  const begun: string[] = []
  const { signal } = new AbortController()
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) void room.begin(id, signal).then(() => begun.push(id))
  await turn()
  // Five would fit by tokens, four by requests.
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
  // The first one has taken what is expected of it: that is spent, and nothing more is kept for it.
  budget.spend({ picodollars: 0, requests: 2, tokens: 20 })
  room.add('a', { picodollars: 0, requests: 2, tokens: 20 })
  room.add('nobody', { picodollars: 0, requests: 2, tokens: 20 })
  room.add(undefined, { picodollars: 0, requests: 2, tokens: 20 })
  room.end('nobody', true)
  room.end('a', true)
  await turn()
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
  room.end('b', false)
  await turn()
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('of a record in work there is still to come what a whole one takes, but for what it has taken, in tokens too', async () => {
  const tokens = (count: number) => ({ picodollars: 0, requests: 1, tokens: count })
  const budget = new Budget({ tokens: 115 }, tokens(40))
  const room = new RecordRoom(budget, { records: 1, amounts: tokens(40) })
  const stop = new AbortController()
  const begun: string[] = []
  const begin = async (id: string) => {
    if (await room.begin(id, stop.signal)) begun.push(id)
  }
  // 40 tokens are those of the record before, and of this one's 40 it takes 30, with 10 to come: 35 are left, and another takes 40.
  void begin('a')
  await turn()
  budget.spend(tokens(30))
  room.add('a', tokens(30))
  void begin('b')
  await turn()
  expect(begun).toEqual(['a'])
  stop.abort()
})
