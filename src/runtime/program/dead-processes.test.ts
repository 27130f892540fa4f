import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { processStart } from '../../../test/helpers/process-start.ts'
import type { RunEnd, RunStart } from '../../metadata/event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import { endsOfGone, openParts } from './dead-processes.ts'

/** What is found out of the processes of a program that have not said that they ended. */
function found(...events: readonly (RunStart | RunEnd)[]) {
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  const open = openParts(totals)
  const ends = endsOfGone(open, () => undefined).flatMap((end) => (end.type === 'worker-end' ? end : []))
  return { alive: open.alive, ends: ends.map(({ worker, status, reason }) => [worker, status, reason]) }
}

const withoutWord = 'the process ended without a word'

/** A process of its own that does nothing, and lives as long as the test. */
async function someProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'console.log(); setInterval(() => {}, 1000)'])
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child.pid ?? 0
}

test('a process whose number lives on as that of another one is gone', async () => {
  const pid = await someProcess()
  expect(found(processStart('w1', { pid }))).toEqual({ alive: 1, ends: [] })
  expect(found(processStart('w1', { pid, startedAtMs: Date.now() - 3_600_000 }))).toEqual({
    alive: 0,
    ends: [['w1', 'interrupted', withoutWord]],
  })
})

test('so is one whose number a later process of the same run has, however soon that came', async () => {
  const pid = await someProcess()
  expect(found(processStart('w1', { pid, startedAtMs: Date.now() - 500 }), processStart('w2', { pid }))).toEqual({
    alive: 1,
    ends: [['w1', 'interrupted', withoutWord]],
  })
  expect(
    found(processStart('w1', { pid, startedAtMs: Date.now() - 500 }), processStart('w2', { pid, thread: 1 })),
  ).toEqual({ alive: 2, ends: [] })
})

test('a thread that said nothing was stopped where its process has ended well, and went with it where that is gone', () => {
  const [main, thread] = [processStart('w1'), processStart('w2', { thread: 1 })]
  const end: RunEnd = {
    type: 'run-end',
    session: 0,
    worker: 'w1',
    status: 'complete',
    endedAtMs: Date.now(),
    durationSeconds: 1,
  }
  expect(found(main, thread)).toEqual({ alive: 2, ends: [] })
  // The process may still be there for a moment.
  expect(found(main, thread, end)).toEqual({ alive: 0, ends: [['w2', 'complete', 'the thread was stopped']] })
  const gone = { startedAtMs: Date.now() - 3_600_000, pid: 2 ** 22 }
  expect(found(processStart('w1', gone), processStart('w2', { ...gone, thread: 1 })).ends).toEqual([
    ['w1', 'interrupted', withoutWord],
    ['w2', 'interrupted', withoutWord],
  ])
})
