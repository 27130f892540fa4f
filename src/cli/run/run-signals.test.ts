import { expect, test } from 'vitest'
import { runCommand } from '../run.ts'
import { listenForSignals, onStopSignals } from './run-signals.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const listeners = () => signals.map((signal) => process.listenerCount(signal))

test('signals are heard until the run is over, and then end the process as ever', () => {
  const before = listeners()
  const { dispose } = listenForSignals({ onFirst() {}, saveNow() {} })
  expect(listeners()).toEqual(before.map((count) => count + 1))
  dispose()
  expect(listeners()).toEqual(before)
})

test('the same signal that comes again at once is the first one, passed on; another one is not', () => {
  const before = process.listeners('SIGHUP')
  const heard: string[] = []
  const dispose = onStopSignals({
    onFirst: ({ signal, exitCode }) => heard.push(`first ${signal} ${exitCode}`),
    onAgain: ({ signal, exitCode }) => heard.push(`again ${signal} ${exitCode}`),
  })
  const [take] = process.listeners('SIGHUP').filter((listener) => !before.includes(listener))
  for (const signal of ['SIGHUP', 'SIGHUP', 'SIGTERM'] as const) take?.(signal)
  dispose()
  expect(heard).toEqual(['first SIGHUP 129', 'again SIGTERM 143'])
})

test('records in work have 30 seconds after a stop, as docs/cli.md says', () => {
  const grace = runCommand().options.find(({ long }) => long === '--grace')
  expect(grace?.defaultValue).toBe(30)
})
