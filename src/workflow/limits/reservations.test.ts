import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Amounts, Budget } from './budget.ts'
import { type Admission, type Reservation, Reservations } from './reservations.ts'

const of = (picodollars: number, tokens = 0): Amounts => ({ picodollars, requests: 1, tokens })

/** A request that asked for room: what it reserved, and what it will really cost. */
interface Asked {
  readonly amounts: Amounts
  readonly share: number
  admission: Admission | undefined
  isSettled: boolean
}

const arbitraryStep = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('ask' as const),
      cost: fc.nat(40),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      order: fc.nat(5),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('settle' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('foreign' as const), cost: fc.nat(10) }) },
)

/** Plays a history through and calls `check` after each of its steps. */
async function play(
  steps: readonly (typeof arbitraryStep extends fc.Arbitrary<infer Step> ? Step : never)[],
  limits: { readonly picodollars: number; readonly requests: number },
  check: (state: { budget: Budget; reservations: Reservations; asked: readonly Asked[]; foreign: number }) => void,
) {
  const budget = new Budget(limits)
  const reservations = new Reservations(budget)
  const asked: Asked[] = []
  let foreign = 0
  const settle = (one: Asked, reservation: Reservation) => {
    one.isSettled = true
    budget.spend({ picodollars: Math.floor(one.amounts.picodollars * one.share), requests: 1, tokens: 0 })
    reservation.release()
  }
  for (const step of steps) {
    if (step.type === 'ask') {
      const one: Asked = { amounts: of(step.cost), share: step.share, admission: undefined, isSettled: false }
      asked.push(one)
      const admission = reservations.ask(one.amounts, { order: step.order })
      if (admission instanceof Promise) void admission.then((settled) => Object.assign(one, { admission: settled }))
      else one.admission = admission
    } else if (step.type === 'settle') {
      const open = asked.filter(({ admission, isSettled }) => admission?.type === 'reserved' && !isSettled)
      const one = open[step.which % Math.max(1, open.length)]
      if (one?.admission?.type === 'reserved') settle(one, one.admission.reservation)
    } else {
      foreign += step.cost
      budget.spend({ picodollars: step.cost, requests: 0, tokens: 0 })
      reservations.review()
    }
    await Promise.resolve()
    check({ budget, reservations, asked, foreign })
  }
  return { budget, reservations, asked, settle }
}

const arbitraryLimits = fc.record({ picodollars: fc.nat(200), requests: fc.nat(30) })

test('as long as no request costs more than was reserved for it, the limits hold at every moment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryStep, { maxLength: 80 }), arbitraryLimits, async (steps, limits) => {
      await play(steps, limits, ({ budget, foreign }) => {
        // What foreign code spends is known only afterwards: by that much, and no more, the limit may be passed.
        expect(budget.spent.picodollars).toBeLessThanOrEqual(limits.picodollars + foreign)
        expect(budget.spent.picodollars + budget.reserved.picodollars).toBeLessThanOrEqual(limits.picodollars + foreign)
        expect(budget.spent.requests + budget.reserved.requests).toBeLessThanOrEqual(limits.requests)
      })
    }),
  )
})

test('while anybody waits something is reserved, and when all is settled nobody waits and nothing is reserved', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryStep, { maxLength: 80 }), arbitraryLimits, async (steps, limits) => {
      const { budget, reservations, asked, settle } = await play(
        steps,
        limits,
        ({ budget: now, reservations: queue }) => {
          if (queue.waiting > 0) expect(now.reserved.requests).toBeGreaterThan(0)
        },
      )
      for (let one = next(asked); one !== undefined; one = next(asked)) {
        if (one.admission?.type === 'reserved') settle(one, one.admission.reservation)
        await Promise.resolve()
      }
      expect(reservations.waiting).toBe(0)
      expect(budget.reserved).toEqual({ picodollars: 0, requests: 0, tokens: 0 })
      // Everybody was told something, and what was reserved was spent once each.
      expect(asked.every(({ admission }) => admission !== undefined)).toBe(true)
      expect(budget.spent.requests).toBe(asked.filter(({ admission }) => admission?.type === 'reserved').length)
    }),
  )
})

function next(asked: readonly Asked[]): Asked | undefined {
  return asked.find(({ admission, isSettled }) => admission?.type === 'reserved' && !isSettled)
}

test('a large request is not overtaken by small ones for ever, and a lower order goes first', async () => {
  const budget = new Budget({ picodollars: 100 })
  const reservations = new Reservations(budget)
  const first = reservations.ask(of(60))
  const told: string[] = []
  const note = (name: string) => (admission: Admission) => {
    told.push(`${name} ${admission.type}`)
  }
  const oldest = Promise.resolve().then(() => reservations.ask(of(50), { order: 1 }))
  const waits = [
    Promise.resolve(reservations.ask(of(90), { order: 2 })).then(note('large')),
    Promise.resolve(reservations.ask(of(10), { order: 3 })).then(note('small')),
    oldest.then(note('older')),
  ]
  await Promise.resolve()
  expect(reservations.waiting).toBe(3)
  if (first instanceof Promise || first.type !== 'reserved') throw new Error('the first one fits')
  first.reservation.release()
  await waits[2]
  expect(told).toEqual(['older reserved'])
  // The large one fits no more: that is known as soon as something is spent. The small one waits for what is reserved.
  budget.spend(of(50))
  reservations.review()
  await waits[0]
  expect(told).toEqual(['older reserved', 'large refused'])
  const older = await oldest
  if (older.type === 'reserved') older.reservation.release()
  await waits[1]
  expect(told).toEqual(['older reserved', 'large refused', 'small reserved'])
})

test('an abort ends the wait for room, and lets those behind it in', async () => {
  const reservations = new Reservations(new Budget({ picodollars: 100 }))
  const abort = new AbortController()
  void reservations.ask(of(60))
  const large = reservations.ask(of(50), { signal: abort.signal })
  const small = reservations.ask(of(30))
  abort.abort(new Error('given up'))
  await expect(large).rejects.toThrow('given up')
  await expect(small).resolves.toMatchObject({ type: 'reserved' })
})

test('who gave up before asking does not wait, and room that is given back twice is there once', async () => {
  const budget = new Budget({ picodollars: 100 })
  const reservations = new Reservations(budget)
  const held = reservations.hold(of(90))
  await expect(reservations.ask(of(20), { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
  expect(reservations.waiting).toBe(0)
  const other = reservations.hold(of(30))
  expect(budget.reserved.picodollars).toBe(120)
  held.reservation.release()
  held.reservation.release()
  expect(budget.reserved).toEqual(of(30))
  other.reservation.release()
  expect(reservations.ask(of(100))).toMatchObject({ type: 'reserved', reservation: { amounts: of(100) } })
})

test('behind one who waits nobody of the same or a higher order is let in, however small', async () => {
  const reservations = new Reservations(new Budget({ picodollars: 100 }))
  const first = reservations.hold(of(60))
  const told: string[] = []
  const ask = (name: string, picodollars: number, order: number) =>
    void Promise.resolve(reservations.ask(of(picodollars), { order })).then(() => told.push(name))
  ask('large', 90, 1)
  ask('same', 1, 1)
  ask('later', 1, 2)
  ask('before', 1, 0)
  await Promise.resolve()
  await Promise.resolve()
  expect([told, reservations.waiting]).toEqual([['before'], 3])
  reservations.review()
  expect(reservations.waiting).toBe(3)
  first.reservation.release()
  await new Promise((resolve) => setImmediate(resolve))
  expect(told).toEqual(['before', 'large', 'same', 'later'])
})
