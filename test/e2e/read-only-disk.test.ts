import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectWithExample, runCli } from '../helpers/run-cli.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

// A disk as a Lambda function has it: what was deployed cannot be written, nor can the home folder; /tmp can.
const directory = projectWithExample('code_assistant')
const task = ['run', '-t', 'examples.code_assistant', '--simulate', '--simulate-speed', '1000', '-n', '3']
const environment = { HOME: directory }
const isMounted = process.getuid?.() === 0 && mountReadOnly()

beforeAll(() => {
  // Root writes where it may not, so for root the folder is mounted; where neither can be done, nothing is proved.
  if (!isMounted) chmodSync(directory, 0o555)
})
afterAll(() => {
  if (isMounted) spawnSync('umount', [directory])
  else chmodSync(directory, 0o755)
})
const isReadOnly = isMounted || process.getuid?.() !== 0

test.skipIf(!isReadOnly)('the disk of these tests is read-only', () => {
  expect(() => writeFileSync(join(directory, 'tasks/examples/code_assistant/x'), '')).toThrow(/EROFS|EACCES/)
})

test.skipIf(!isReadOnly)('a run whose files go to /tmp works, and so does what reads them', async () => {
  const output = await scratchFolder()
  const run = await runCli([...task, '--output-dir', output], { directory, environment })
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('3 records, none failed') })
  expect(readdirSync(output).sort()).toEqual([expect.stringMatching(/^metadata$/), expect.stringMatching(/^output_/)])
  const show = await runCli(['show', output], { directory, environment })
  expect(show).toMatchObject({ code: 0, stdout: expect.stringContaining('critique_answer') })
})

test.skipIf(!isReadOnly)(
  'without a place to write, a run says so before the first request and names both ways',
  async () => {
    const { code, stderr } = await runCli(task, { directory, environment })
    expect(code).toBe(1)
    expect(stderr).toMatch(/--output-dir/)
    expect(stderr).toMatch(/--no-output/)
  },
)

test.skipIf(!isReadOnly)('a run without files works', async () => {
  const { code, stdout } = await runCli([...task, '--no-output'], { directory, environment })
  expect(code).toBe(0)
  expect(stdout.trim().split('\n')).toHaveLength(3)
})

test.skipIf(!isReadOnly)('a function that is called runs a workflow and gives back rows and cost', () => {
  const library = resolve('dist/index.js')
  const code = `const { Workflow } = await import(${JSON.stringify(library)})
    const workflow = new Workflow('function').source([{ text: 'Hello' }]).llm('gpt-4o-mini', '{text}')
    const { records, metadata } = await workflow.run({ output: false, simulate: { timeScale: 0 } })
    console.log(records.length, metadata.aggregate_statistics.cost.total_cost_usd > 0)`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: directory,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  })
  expect(stdout.trim(), stderr).toBe('1 true')
})

/** Lays the folder over itself so that it cannot be written; false where this process may not. */
function mountReadOnly(): boolean {
  if (spawnSync('mount', ['--bind', directory, directory]).status !== 0) return false
  if (spawnSync('mount', ['-o', 'remount,ro,bind', directory]).status === 0) return true
  spawnSync('umount', [directory])
  return false
}
