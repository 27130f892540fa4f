import { expect, test } from 'vitest'
import { NotUnderstoodTotals } from './not-understood.ts'

const request = (host: string, path: string, provider?: string) => ({ kind: 'request' as const, host, path, provider })

test('what was not understood is counted by kind, host and path, the most frequent first', () => {
  const totals = new NotUnderstoodTotals()
  expect(totals.summary()).toBeUndefined()
  totals.add(request('b.example', '/x'))
  totals.add(request('a.example', '/y', 'openai'))
  totals.add(request('a.example', '/x'))
  totals.add({ ...request('a.example', '/x'), kind: 'socket' })
  const other = new NotUnderstoodTotals()
  for (let index = 0; index < 2; index += 1) other.add(request('b.example', '/x'))
  totals.merge(other)
  const line = (kind: string, host: string, path: string, count: number, provider: string | null = null) => ({
    kind,
    host,
    path,
    provider,
    count,
  })
  expect(totals.summary()).toEqual({
    total: 6,
    endpoints: [
      line('request', 'b.example', '/x', 3),
      line('request', 'a.example', '/x', 1),
      line('socket', 'a.example', '/x', 1),
      line('request', 'a.example', '/y', 1, 'openai'),
    ],
  })
})

test('of more than 200 places the others are counted without theirs, and none is lost', () => {
  const totals = new NotUnderstoodTotals()
  for (let index = 0; index < 203; index += 1) totals.add(request('a.example', `/${index}`))
  totals.add(request('a.example', '/0'))
  const { total, endpoints } = totals.summary() ?? { endpoints: [] }
  expect([total, endpoints.length]).toEqual([204, 201])
  expect(endpoints.slice(0, 2)).toMatchObject([
    { host: '(others)', path: '', count: 3 },
    { host: 'a.example', path: '/0', count: 2 },
  ])
})
