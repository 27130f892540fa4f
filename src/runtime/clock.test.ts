import { afterEach, expect, test, vi } from 'vitest'
import { clearTimer, monotonicMs, nowMs, setTimer } from './clock.ts'
import { TaskBuffer } from './collector/task-buffer.ts'

afterEach(() => void vi.useRealTimers())

test('fake timers that a program installs neither see, move nor stop us', async () => {
  vi.useFakeTimers({ now: 0 })
  expect(Date.now()).toBe(0)
  expect(nowMs()).toBeGreaterThan(1_600_000_000_000)
  const startedAt = monotonicMs()
  await new Promise((resolve) => setTimer(resolve, 2))
  expect(monotonicMs()).toBeGreaterThan(startedAt)
  const done = await new Promise((resolve) => {
    const buffer = new TaskBuffer({ apartMs: Number.POSITIVE_INFINITY, minMs: 1, maxMs: 1, maxCount: 9 })
    buffer.add(() => {})
    buffer.add(() => resolve('done'))
  })
  expect(done).toBe('done')
  clearTimer(setTimer(() => {}, 1_000))
  expect(vi.getTimerCount()).toBe(0)
})
