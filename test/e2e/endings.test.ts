import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { hasPseudoTerminal, runInTerminal } from '../helpers/pseudo-terminal.ts'
import { projectWithExample } from '../helpers/run-cli.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'
import { drawScreen } from '../helpers/screen.ts'

const inTerminal = test.skipIf(!hasPseudoTerminal)
const [columns, rows] = [80, 24]

/** The lines that stand on the screen from one on. */
function linesFrom(output: string, first: RegExp): readonly string[] {
  const { lines } = drawScreen(output, columns)
  const begin = lines.findLastIndex((line) => first.test(line))
  expect(begin, lines.join('\n')).toBeGreaterThanOrEqual(0)
  return lines.slice(begin).join('\n').trimEnd().split('\n')
}

/** A task in which as much as possible is to be said at the end. */
async function loudTask(): Promise<string> {
  const directory = await scratchFolder()
  const task = join(directory, 'tasks/a_rather_long_name_of_a_project/with_a_long_name_of_a_task')
  mkdirSync(task, { recursive: true })
  const rows = Array.from({ length: 40 }, (_, index) => JSON.stringify({ id: `row-${index}`, text: `Text ${index}` }))
  writeFileSync(join(task, 'rows.jsonl'), rows.join('\n'))
  writeFileSync(
    join(task, 'task.ts'),
    `export function check(state: { id: string }) {
      const number = Number(state.id.slice(4))
      if (number % 3 === 0) throw new Error('the answer to this record was not what the schema of the house asks for: ' + 'and so on and on, '.repeat(20))
      if (number % 7 === 0) throw new Error('another reason')
      return { checked: true }
    }
    export function sums(rows: unknown[]) { return { count: rows.length } }
    export function more(rows: unknown[]) { return { count: rows.length } }
    export function others(rows: unknown[]) { return { count: rows.length } }
`,
  )
  writeFileSync(
    join(task, 'graph_config.yaml'),
    `data_config: { id_column: id, source: { type: disk, file_path: rows.jsonl } }
graph_config:
  nodes:
    ask_several_models_at_once:
      node_type: multi_llm
      models:
        first: { name: gpt-4o-mini-2024-07-18 }
        second: { name: gpt-4.1-2025-04-14 }
        third: { name: a-model-of-our-own-without-any-price-70b-instruct }
        fourth: { name: gpt-4o-2024-11-20 }
      prompt: "Say: {text}"
    judge_the_answers:
      node_type: llm
      model: gpt-4o
      prompt: "Which is best? {first} {second}"
    check: { node_type: lambda, lambda: "./task.ts#check" }
  edges:
    - { from: START, to: ask_several_models_at_once }
    - { from: ask_several_models_at_once, to: judge_the_answers }
    - { from: judge_the_answers, to: check }
    - { from: check, to: END }
graph_post_process: ["./task.ts#sums", "./task.ts#more", "./task.ts#others"]
`,
  )
  return directory
}

const loudName = 'a_rather_long_name_of_a_project.with_a_long_name_of_a_task'
const rehearsal = ['--simulate', '--simulate-seed', '3', '--simulate-speed', '50', '--simulate-faults', '0.2']

inTerminal.each([
  ['that is done', ['-n', '20'], 0],
  ['of which too many records failed', ['-n', '20', '--max-failures', '2'], 3],
  ['that a limit stopped', ['-n', 'all', '--max-requests', '60', '-b', '4'], 3],
])('the end of a run %s is seen whole on 24 lines of 80, with all that must be known', async (_what, options, code) => {
  const directory = await loudTask()
  const args = ['run', '--task', loudName, ...rehearsal, ...options]
  const ended = await runInTerminal(args, { directory, columns, rows })
  expect(ended.code, ended.output).toBe(code)
  const lines = linesFrom(ended.output, /^tasks\.a_rather_long/)
  expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(20)
  const text = lines.join('\n')
  expect(text).toMatch(/^status +(complete|interrupted)/m)
  expect(text).toMatch(/^failed +\d+ of \d+: the answer to this record|^failed +\S+/m)
  expect(text).toMatch(/^cost +≥/m)
  expect(text).toMatch(/^Metadata: /m)
  expect(text).toMatch(/^ {2}npx sygra (show|run)/m)
})

inTerminal('the end of the example, of a run that is stopped, and of a program fit too', async () => {
  const directory = projectWithExample()
  const run = ['run', '--task', 'examples.code_assistant', '--simulate', '--simulate-speed', '50']
  const whole = await runInTerminal([...run, '-n', '3'], { directory, columns, rows })
  expect(linesFrom(whole.output, /^tasks\.examples\.code_assistant/).length).toBeLessThanOrEqual(17)
  let isSent = false
  const stopped = await runInTerminal([...run.slice(0, 4), '-n', 'all', '--grace', '0'], {
    directory,
    columns,
    rows,
    onOutput: (text, terminal) => {
      if (isSent || !/[1-9]\d* ok/.test(text)) return
      isSent = true
      terminal.type('\u0003')
    },
  })
  expect(stopped.code).toBe(130)
  const lines = linesFrom(stopped.output, /^tasks\.examples\.code_assistant/)
  expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(20)
  expect(lines.join('\n')).toMatch(/To go on:\n {2}npx sygra run [\s\S]*--res\n?ume$/m)
  // The view was drawn over itself to the end: nothing of it is left above the ending but the view itself.
  const screen = drawScreen(stopped.output, columns).lines
  expect(screen.filter((line) => /^requests +\d+ running/.test(line))).toHaveLength(1)
})

inTerminal('the end of a program of many processes is that of one run, and names the one that cost most', async () => {
  const directory = await scratchFolder()
  writeFileSync(
    join(directory, 'many.mjs'),
    `import { fork } from 'node:child_process'
if (process.argv[2] === undefined) {
  const { startSimulator } = await import('${resolve('dist/index.js')}')
  const simulator = await startSimulator({ timeScale: 0 })
  const count = (index) => new Promise((done) => fork(process.argv[1], [simulator.url, String(index + 1)]).on('close', done))
  await Promise.all(Array.from({ length: 9 }, (_, index) => count(index)))
  await simulator.close()
} else {
  for (let count = Number(process.argv[3]); count > 0; count -= 1) {
    const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Number ' + count }] })
    await (await fetch(process.argv[2] + '/chat/completions', { method: 'POST', body, headers: { 'content-type': 'application/json' } })).text()
  }
}
`,
  )
  const ended = await runInTerminal(['exec', '--', 'node', 'many.mjs'], { directory, columns, rows })
  expect(ended.code, ended.output).toBe(0)
  const lines = linesFrom(ended.output, /^many/)
  expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(20)
  expect(lines.join('\n')).toMatch(/^requests +45,/m)
  expect(lines.join('\n')).toMatch(/^processes +9; w\d cost most/m)
  expect(lines.join('\n')).toMatch(/^ {2}npx sygra show /m)
})
