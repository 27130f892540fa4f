import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli, runCliInShared } from '../helpers/run-cli.ts'

const task = `data_config:
  source: { type: disk, file_path: data.jsonl }
graph_config:
  nodes:
    say:
      node_type: llm
      model: gpt-4o-mini
      prompt: "Say {text}"
      output_keys: answer
      post_process: ./task.ts#tidy
output_config:
  output_map:
    answer: { from: answer }
`
const files = {
  'tasks/letters/graph_config.yaml': task,
  'tasks/letters/data.jsonl': '{"id":1,"text":"a"}\n{"id":2,"text":"b"}\n',
  'tasks/letters/task.ts': 'export const tidy = (answer: unknown) => ({ answer })\n',
}

interface Mistake {
  readonly name: string
  readonly args?: readonly string[]
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Below the project, where the command is typed. */
  readonly folder?: string
  readonly environment?: NodeJS.ProcessEnv
  readonly code: number
  /** Each is a part of what is said. */
  readonly says: readonly string[]
}

const rehearsed = ['run', '--task', 'letters', '--simulate', '--quiet']
const real = ['run', '--task', 'letters']
const data = (text: string | Uint8Array) => ({ 'tasks/letters/data.jsonl': text })
const code = (text: string) => ({ 'tasks/letters/task.ts': text })
const utf16 = (text: string, mark = '') => new Uint8Array(Buffer.from(mark + text, 'utf16le'))

const mistakes: readonly Mistake[] = [
  { name: 'a task named without --task', args: ['run', 'letters'], code: 2, says: ['(Did you mean --task letters?)'] },
  {
    name: 'no task named',
    args: ['run', '--simulate'],
    code: 2,
    says: ["'-t, --task <name>'", '(Tasks here: letters)'],
  },
  { name: 'a task in capitals', args: ['run', '-t', 'LETTERS'], code: 1, says: ['Did you mean "letters"?'] },
  { name: 'a task that is like none', args: ['run', '-t', 'numbers'], code: 1, says: ['Known tasks: letters.'] },
  {
    name: 'an example without its folder',
    args: ['run', '-t', 'code_assistant'],
    code: 1,
    says: ['Did you mean "examples.code_assistant"?'],
  },
  {
    name: 'the data named as the task',
    args: ['run', '-t', 'tasks/letters/data.jsonl'],
    code: 1,
    says: ['is a file; a task is a folder with a graph_config.yaml'],
  },
  {
    name: 'a command typed in the folder of the task',
    folder: 'tasks/letters',
    code: 1,
    says: ['There is one in ', 'run the command there'],
  },
  {
    name: 'a start behind the end of the data',
    args: [...rehearsed, '--start-index', '9'],
    code: 1,
    says: ['--start-index 9 passes over all 2 records of the data'],
  },
  {
    name: 'a share above one',
    args: [...rehearsed, '--simulate-faults', '2'],
    code: 2,
    says: ['expected a share from 0 to 1'],
  },
  {
    name: 'a folder that cannot be made',
    args: [...rehearsed, '--output-dir', '/proc/x'],
    code: 1,
    says: ['choose another folder with --output-dir'],
  },
  {
    name: 'a JSON array under the name of JSON lines',
    files: data('[\n{"id":1,"text":"a"}\n]\n'),
    code: 1,
    says: ['data.jsonl:1: found the beginning of a JSON array', 'name the file .json'],
  },
  {
    name: 'a JSON array on one line',
    files: data('[{"id":1,"text":"a"}]'),
    code: 1,
    says: ['found the beginning of a JSON array'],
  },
  {
    name: 'UTF-16 without its mark',
    files: data(utf16('{"id":1,"text":"a"}\n')),
    code: 1,
    says: ['UTF-16 without a byte order mark', 'encoding: utf-16le'],
  },
  { name: 'no data in the file', files: data(''), code: 1, says: ['tasks/letters/data.jsonl: there is no record'] },
  {
    name: 'a mistake in the functions',
    files: code('export const tidy = (x: => 1'),
    code: 1,
    says: ['graph_config.yaml:10:21:', 'task.ts cannot be loaded: Unexpected token at 1:'],
  },
  {
    name: 'a package that is not installed',
    files: code('import x from "not-there/part"\nexport const tidy = () => x'),
    code: 1,
    says: ['it imports "not-there/part", which is not there; install it: npm install not-there'],
  },
  {
    name: 'an own file that is not there',
    files: code('import x from "./nowhere"\nexport const tidy = () => x'),
    code: 1,
    says: ['it imports "./nowhere", which is not there; check how it is written'],
  },
  {
    name: 'a function whose file has no ending',
    files: { 'tasks/letters/graph_config.yaml': task.replace('./task.ts#', './task#') },
    code: 1,
    says: ['did you mean "./task.ts"?'],
  },
  {
    name: 'a field of the output that is a text',
    files: { 'tasks/letters/graph_config.yaml': task.replace('{ from: answer }', 'answer') },
    code: 1,
    says: ['expected a map, such as {from: answer}'],
  },
  {
    name: 'the nodes beside their block',
    files: { 'tasks/letters/graph_config.yaml': 'nodes: {}\n' },
    code: 1,
    says: ['write it under "graph_config"'],
  },
  {
    name: 'a blank key',
    args: real,
    environment: { OPENAI_API_KEY: '  ' },
    code: 1,
    says: ['has no key: set OPENAI_API_KEY'],
  },
  {
    name: 'a key in quotes',
    args: real,
    environment: { OPENAI_API_KEY: '"sk-0123456789"' },
    code: 1,
    says: ['the key in OPENAI_API_KEY stands in quotes'],
  },
  {
    name: 'a key with a blank',
    args: real,
    environment: { OPENAI_API_KEY: 'sk-01234 56789' },
    code: 1,
    says: ['has a blank or a line end within'],
  },
  {
    name: 'a key with a letter of another script',
    args: real,
    environment: { OPENAI_API_KEY: 'sk-ключ' },
    code: 1,
    says: ['has a letter that no key has'],
  },
  {
    name: 'an address at which nothing answers',
    args: real,
    environment: { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' },
    code: 1,
    says: ['its address is set by OPENAI_BASE_URL'],
  },
  {
    name: '.env as Windows writes it',
    args: real,
    files: { '.env': utf16('OPENAI_API_KEY=k\r\nOPENAI_BASE_URL=http://127.0.0.1:9/v1\r\n', '\ufeff') },
    code: 1,
    says: ['http://127.0.0.1:9/v1 does not answer'],
  },
  {
    name: 'a proxy that Node does not use',
    args: real,
    environment: {
      OPENAI_API_KEY: 'k',
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NODE_USE_ENV_PROXY: undefined,
    },
    code: 1,
    says: ['NODE_USE_ENV_PROXY=1'],
  },
]

test.each(mistakes)(
  '$name: one sentence, no stack',
  async ({ args = rehearsed, environment, folder = '.', ...mistake }) => {
    const directory = project({ ...files, ...mistake.files })
    const { code, stdout, stderr } = await runCliInShared(args, { directory: join(directory, folder), environment })
    for (const part of mistake.says) expect(stdout + stderr).toContain(part)
    expect(stdout + stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
    expect(code).toBe(mistake.code)
  },
)

test('a run tells all that is wrong with its task at once, as validate does', async () => {
  const wrong = task
    .replace('node_type: llm', 'node_type: llmm')
    .replace('data.jsonl', 'dta.jsonl')
    .replace('gpt-4o-mini', 'claude-x')
  const directory = project({ ...files, 'tasks/letters/graph_config.yaml': wrong })
  const environment = { ANTHROPIC_API_KEY: undefined }
  const checked = await runCliInShared(['validate', '--task', 'letters'], { directory, environment })
  expect(checked.stdout.trim().split('\n').at(-1)).toBe('3 problems')
  const run = await runCliInShared(real, { directory, environment })
  expect(run.code).toBe(1)
  expect(run.stderr).toBe(`sygra: ${checked.stdout.replace(/3 problems\n$/, '')}`)
  // A rehearsal needs no key.
  expect((await runCliInShared(rehearsed, { directory, environment })).stderr.trim().split('\n')).toHaveLength(2)
})

test('a field that nothing writes is told at the end of a run in which nothing failed', async () => {
  const directory = project({ ...files, ...code('export const tidy = () => ({ anwser: 1 })') })
  const { code: exit, stderr } = await runCliInShared([...rehearsed, '--simulate-speed', '100'], { directory })
  expect(exit).toBe(0)
  expect(stderr).toBe('WARNING: "answer" is empty in all 2 rows: nothing wrote the key "answer" that it takes\n')
})

test.each([
  ['a promise that is not awaited', 'async () => { Promise.reject(new Error("forgotten")); return { answer: 1 } }'],
  [
    'a timer',
    'async () => { setTimeout(() => { throw new Error("forgotten") }, 1); await new Promise((done) => setTimeout(done, 500)) }',
  ],
])('what %s throws ends the run with a sentence, and how to go on', async (_name, text) => {
  const directory = project({ ...files, ...code(`export const tidy = ${text}`) })
  const { code: exit, stderr } = await runCli([...rehearsed, '--simulate-speed', '100'], { directory })
  expect(exit).toBe(1)
  expect(stderr).toMatch(/thrown outside of every record, in .*tasks\/letters\/task\.ts: forgotten\n/)
  expect(stderr).toMatch(/To go on:\n {2}\S.* --resume\n$/)
  expect(stderr).not.toMatch(/^\s+at /m)
})

test('a task can be named by the folder one is in', async () => {
  const directory = project(files)
  const { code, stdout } = await runCliInShared(['run', '--task', '.', '--simulate', '--simulate-speed', '100'], {
    directory: join(directory, 'tasks/letters'),
  })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^letters\n/)
})

function project(contents: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-project-'))
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), content)
  }
  return directory
}
