import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { idsOf, metadataOf, projectWithTask } from '../helpers/fault-project.ts'
import { runCliInShared } from '../helpers/run-cli.ts'

const simulated = ['--simulate', '--simulate-speed', '50', '--simulate-faults', '0']

function project(records: number) {
  const directory = projectWithTask({ records })
  const output = join(directory, 'out')
  const run = (...args: string[]) => runCliInShared([...args, '-t', 'echo', '-od', output, ...simulated], { directory })
  return { directory, output, run }
}

test('a run that reaches --max-cost ends with exit code 3, says how to go on, and goes on with a higher one', async () => {
  const { output, run } = project(60)
  const first = await run('run', '-n', '60', '--quiet', '--max-cost', '0.0008')
  expect(first.code).toBe(3)
  expect(first.stderr).toContain('the limit of $0.0008 is reached')
  expect(first.stderr).toContain('--max-cost 0.0016 ')
  const { status, execution, aggregate_statistics: totals } = metadataOf(output)
  expect([status, execution.reason]).toEqual(['interrupted', expect.stringContaining('the limit of $0.0008')])
  expect(totals.cost.total_cost_usd).toBeLessThanOrEqual(0.0008)
  const second = await run('run', '-n', '60', '--quiet', '--max-cost=1', '--resume', 'True')
  expect([second.code, second.stderr]).toEqual([0, expect.stringContaining('Going on behind')])
  expect(new Set(idsOf(output)).size).toBe(60)
  expect(metadataOf(output).aggregate_statistics.cost.total_cost_usd).toBeGreaterThan(0.0008)
})

test.each([
  [['--max-failures', 'lots'], 'expected a whole number of records, 0 or more, or a share such as 5%'],
  [['--max-cost', '-1'], 'expected an amount of US dollars, 0 or more'],
  [['--timeout', 'soon'], 'expected a time above 0, such as 90 (seconds), 30min or 8h'],
])('%j is wrong usage, exit code 2', async (args, message) => {
  const { run } = project(1)
  const result = await run('run', ...args)
  expect([result.code, result.stderr]).toEqual([2, expect.stringContaining(message)])
})

test('an estimate sends and writes nothing, and needs no key', async () => {
  const { directory, output } = project(30)
  const result = await runCliInShared(['estimate', '-t', 'echo', '-od', output], { directory })
  expect([result.code, result.stderr]).toEqual([0, ''])
  expect(result.stdout).toContain('nothing was sent')
  expect(result.stdout).toMatch(/ask +gpt-4o-mini +30 /)
  expect(readdirSync(directory)).toEqual(['tasks'])
})

test('a pilot is the beginning of the run, tells what the whole will come to, and the run goes on behind it', async () => {
  const { output, run } = project(50)
  const pilot = await run('estimate', '--pilot', '12')
  expect(pilot.code).toBe(0)
  expect(pilot.stdout).toMatch(/pilot of 12 +all 50 +80% between/)
  expect(pilot.stderr).toContain('sygra run -t echo')
  expect(metadataOf(output).aggregate_statistics.records.total_processed).toBe(12)
  const rest = await run('run', '--quiet', '--resume', 'True')
  expect([rest.code, rest.stderr]).toEqual([0, expect.stringContaining('Going on behind 12 records')])
  expect(new Set(idsOf(output)).size).toBe(50)
})

test('the forecast of a pilot as JSON holds the whole between its ends', async () => {
  const { output, run } = project(50)
  const { stdout } = await run('estimate', '--pilot', '12', '--json')
  const { costUsd, records, totalRecords } = JSON.parse(stdout)
  expect([records, totalRecords]).toEqual([12, 50])
  expect(costUsd.whole.from).toBeLessThanOrEqual(costUsd.whole.value)
  expect(costUsd.whole.to).toBeGreaterThanOrEqual(costUsd.whole.value)
  const ofPilot = metadataOf(output).aggregate_statistics.cost.total_cost_usd
  expect(costUsd.pilot).toBeCloseTo(ofPilot, 5)
})
