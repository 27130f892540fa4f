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
