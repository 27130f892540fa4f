import { expect, test } from 'vitest'
import { parseSimulatorSettings } from '../settings.ts'
import { dueSeconds, timingOf, tokensBy } from './timing.ts'

const place = (options: Parameters<typeof parseSimulatorSettings>[0], drawKey = 'body') => ({
  settings: parseSimulatorSettings(options),
  drawKey,
  seen: 0,
})

test('without spread an answer takes latency, time to first token and its tokens at their speed', () => {
  const options = { latencySeconds: 0.1, timeToFirstTokenSeconds: 0.3, tokensPerSecond: 50, latencySigma: 0 }
  const timing = timingOf(place(options))
  expect(timing.waitSeconds).toBeCloseTo(0.1)
  expect(dueSeconds(timing, 1)).toBeCloseTo(0.4)
  expect(dueSeconds(timing, 101)).toBeCloseTo(2.4)
  expect(tokensBy(timing, { elapsedSeconds: 0.39, tokens: 500 })).toBe(0)
  expect(tokensBy(timing, { elapsedSeconds: 1.41, tokens: 500 })).toBe(51)
  expect(tokensBy(timing, { elapsedSeconds: 99, tokens: 500 })).toBe(500)
})

test('a time scale of 0 takes every wait away, one of 10 makes it ten times as long', () => {
  expect(dueSeconds(timingOf(place({ timeScale: 0 })), 1000)).toBe(0)
  const once = dueSeconds(timingOf(place({})), 100)
  expect(dueSeconds(timingOf(place({ timeScale: 10 })), 100)).toBeCloseTo(once * 10)
})

test('a speed of 0 gives all tokens with the first', () => {
  const timing = timingOf(place({ tokensPerSecond: 0 }))
  expect(dueSeconds(timing, 1000)).toBe(timing.firstTokenSeconds)
  expect(tokensBy(timing, { elapsedSeconds: timing.firstTokenSeconds, tokens: 1000 })).toBe(1000)
})

test('latencies are spread around the mean that was set', () => {
  const waits = Array.from(
    { length: 20_000 },
    (_, index) => timingOf(place({ latencySeconds: 0.3 }, `${index}`)).waitSeconds,
  )
  expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length).toBeCloseTo(0.3, 2)
  expect(Math.max(...waits)).toBeGreaterThan(0.9)
})
