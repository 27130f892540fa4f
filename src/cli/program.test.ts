import { expect, test } from 'vitest'
import { runCli } from '../../test/helpers/run-cli.ts'
import { foreignOptionIn } from './program.ts'

test.each([
  [['run', '-t', 'x', '--oasst', 'True'], '--oasst: records are not mapped to the form of OASST here'],
  [['run', '-t', 'x', '-q', 'True'], '-q: there are no quality metrics of an output here: port'],
  [['run', '-t', 'x', '--clear_logs=True'], '--clear_logs: there are no logs to be cleared'],
])('%j says what to do instead', (args, message) => {
  expect(foreignOptionIn(args)).toContain(message)
})

test('what stands behind -- is not for us', () => {
  expect(foreignOptionIn(['run', '--', '-q'])).toBeUndefined()
})

test('such an option is wrong usage', async () => {
  const { code, stderr } = await runCli(['run', '-t', 'examples.ticket_triage', '-cl', 'True'], { directory: '.' })
  expect([code, stderr.trim()]).toEqual([2, 'sygra: -cl: there are no logs to be cleared: leave it out'])
})
