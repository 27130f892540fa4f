import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSimulatorSettings } from '../settings.ts'
import { faultOf } from './faults.ts'

const faulty = parseSimulatorSettings({
  rateLimitRate: 0.1,
  serverErrorRate: 0.05,
  dropRate: 0.05,
  brokenJsonRate: 0.02,
})

test('faults come at the rates that were set', () => {
  const counts = new Map<string, number>()
  for (let index = 0; index < 20_000; index++) {
    const fault = faultOf({ settings: faulty, drawKey: `body ${index}`, seen: 0 })
    counts.set(fault?.type ?? 'none', (counts.get(fault?.type ?? 'none') ?? 0) + 1)
  }
  const share = (type: string) => (counts.get(type) ?? 0) / 20_000
  expect(share('rate-limit')).toBeCloseTo(0.1, 2)
  expect(share('server-error')).toBeCloseTo(0.05, 2)
  expect(share('drop')).toBeCloseTo(0.05, 2)
  expect(share('broken-json')).toBeCloseTo(0.02, 2)
  expect(share('none')).toBeCloseTo(0.78, 2)
})

test('a body never meets more faults in a row than maxFaultsPerCall, even when every request is to fail', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.string(), fc.integer(), (maxFaultsPerCall, drawKey, seed) => {
      const settings = parseSimulatorSettings({ seed, maxFaultsPerCall, rateLimitRate: 1 })
      let inARow = 0
      for (let seen = 0; seen < 40; seen++) {
        inARow = faultOf({ settings, drawKey, seen }) === undefined ? 0 : inARow + 1
        expect(inARow).toBeLessThanOrEqual(maxFaultsPerCall)
      }
    }),
  )
})

test('another seed gives other faults, the same seed the same', () => {
  const faultsWith = (seed: number) =>
    Array.from({ length: 200 }, (_, index) =>
      faultOf({ settings: { ...faulty, seed }, drawKey: `body ${index}`, seen: 0 }),
    )
  expect(faultsWith(1)).toEqual(faultsWith(1))
  expect(faultsWith(1)).not.toEqual(faultsWith(2))
})

test('settings that cannot be are refused with the name of the setting', () => {
  expect(() => parseSimulatorSettings({ rateLimitRate: 1.4 })).toThrow(/simulator: rateLimitRate: .*<=1/)
  expect(() => parseSimulatorSettings({ rateLimitRate: 0.6, dropRate: 0.6 })).toThrow(/add up to more than 1/)
  expect(() => parseSimulatorSettings({ latencySeconds: -1 })).toThrow(/latencySeconds/)
  expect(parseSimulatorSettings({ rateLimitRate: 0.7, serverErrorRate: 0.2, dropRate: 0.1 }).dropRate).toBe(0.1)
})
