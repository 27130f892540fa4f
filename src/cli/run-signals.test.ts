import { expect, test } from 'vitest'
import { runCommand } from './run.ts'
import { listenForSignals } from './run-signals.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const listeners = () => signals.map((signal) => process.listenerCount(signal))

test('signals are heard until the run is over, and then end the process as ever', () => {
  const before = listeners()
  const { dispose } = listenForSignals({ onFirst() {}, saveNow() {} })
  expect(listeners()).toEqual(before.map((count) => count + 1))
  dispose()
  expect(listeners()).toEqual(before)
})

test('records in work have 30 seconds after a stop, as docs/cli.md says', () => {
  const grace = runCommand().options.find(({ long }) => long === '--grace')
  expect(grace?.defaultValue).toBe(30)
})
