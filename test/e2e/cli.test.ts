import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseMetadata } from '../../src/metadata/parse.ts'
import { projectWithExample, runCli, runCliInShared } from '../helpers/run-cli.ts'

const task = 'tasks/examples/code_assistant'
const rehearsal = [
  'run',
  '--task',
  'examples.code_assistant',
  '--num_records',
  '4',
  '--simulate',
  '--simulate-speed',
  '50',
]

test('a task leaves its output and its metadata in its folder, with one timestamp', async () => {
  const directory = projectWithExample()
  const { code, stdout, stderr } = await runCli(rehearsal, { directory })
  expect(code).toBe(0)
  const output = readdirSync(join(directory, task)).find((name) => /^output_.*\.json$/.test(name)) ?? ''
  const timestamp = output.slice('output_'.length, -'.json'.length)
  const metadataPath = join(directory, task, 'metadata', `metadata_tasks_examples_code_assistant_${timestamp}.json`)
  const metadata = parseMetadata(readFileSync(metadataPath, 'utf8'), metadataPath)
  expect(metadata).toMatchObject({
    status: 'complete',
    execution: { task_name: 'tasks.examples.code_assistant', batch_size: 25, checkpoint_interval: 100, debug: false },
    dataset: { source_type: 'disk', num_records_processed: 4, start_index: 0 },
  })
  expect(stdout).toContain('node critique_answer')
  expect(stdout).toContain(output)
  expect(stderr).toContain('4/4')
  // A pipe gets text without a single escape.
  expect(stdout + stderr).not.toContain('\u001b')
})

test("the specification's short forms are taken as they are written there", async () => {
  const directory = projectWithExample()
  const flags = [
    '-n',
    '2',
    '-si',
    '1',
    '-b',
    '2',
    '-ci',
    '50',
    '-owt',
    'False',
    '-rn',
    'first',
    '-od',
    'out',
    '-ra',
    '{"a":1}',
    '-r',
    'True',
    '-d',
    'False',
  ]
  const { code } = await runCliInShared(
    ['run', '-t', 'examples.code_assistant', ...flags, '--simulate', '--simulate-speed', '50'],
    {
      directory,
    },
  )
  expect(code).toBe(0)
  const rows: unknown = JSON.parse(readFileSync(join(directory, 'out', 'first_output.json'), 'utf8'))
  expect(rows).toHaveLength(2)
  const [name = ''] = readdirSync(join(directory, 'out', 'metadata')).filter((file) => file.startsWith('metadata_'))
  const { execution, dataset } = parseMetadata(readFileSync(join(directory, 'out', 'metadata', name), 'utf8'), name)
  expect(execution).toMatchObject({ run_name: 'first', batch_size: 2, checkpoint_interval: 50, resumable: true })
  expect(dataset.start_index).toBe(1)
})

test.each([
  [['-dm', 'True'], {}],
  [['-dm', 'yes'], {}],
  [['--disable_metadata', 'true'], {}],
  [['--disable-metadata=1'], {}],
  [[], { SYGRA_DISABLE_METADATA: 'YES' }],
])('with %j and %j nothing of metadata is written', async (flags, environment) => {
  const directory = projectWithExample()
  const { code, stdout } = await runCliInShared([...rehearsal, '-od', 'out', ...flags], { directory, environment })
  expect(code).toBe(0)
  expect(existsSync(join(directory, 'out', 'metadata'))).toBe(false)
  expect(stdout).not.toContain('Metadata')
})

test.each([
  [['run', '-t', 'examples.code_asistant'], 1, /did you mean "examples\.code_assistant"/i],
  [['run', '-t', 'examples.code_assistant'], 1, /no key: set OPENAI_API_KEY/],
  [['run'], 2, /--task/],
  [['run', '-t', 'x', '-n', 'many'], 2, /expected a whole number/],
  [['run', '-t', 'x', '--batchsize', '3'], 2, /unknown option/],
  [['rnu'], 2, /unknown command/],
])('sygra %j ends with %i and says why, without a stack trace', async (args, expected, message) => {
  const { code, stdout, stderr } = await runCliInShared(args, { directory: projectWithExample() })
  expect(code).toBe(expected)
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(stdout).toBe('')
})

test('a line that does not parse is named before anything is sent, or left out where that is asked', async () => {
  const directory = projectWithExample()
  const path = join(directory, task, 'questions.jsonl')
  const lines = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, [lines[0], '{"id": ', ...lines.slice(1)].join('\n'))
  const refused = await runCliInShared([...rehearsal, '-od', 'out'], { directory })
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/questions\.jsonl:2/) })
  expect(existsSync(join(directory, 'out', 'metadata'))).toBe(false)
  const skipped = await runCliInShared([...rehearsal, '-od', 'out', '--on-bad-record', 'skip'], { directory })
  expect(skipped.code).toBe(0)
})

test.each([
  ['node_type: llm', 'node_type: llmm', /graph_config\.yaml:\d+:\d+: unknown node type "llmm"; did you mean "llm"\?/],
  ['{question}', '{qestion}', /graph_config\.yaml:\d+:\d+: unknown variable "qestion".*did you mean "question"\?/],
  ['END: END', 'END: generate_answer', /never reaches END/],
  ['#shouldContinue', '#shouldContine', /does not export "shouldContine"; did you mean "shouldContinue"\?/],
  ['output_config:', 'output_config: [', /graph_config\.yaml:\d+:\d+: broken YAML/],
  ['file_path: questions.jsonl', 'file_path: answers.jsonl', /answers\.jsonl/],
])('a task with %s changed to %s is refused with the place and the remedy', async (before, after, message) => {
  const directory = projectWithExample()
  const path = join(directory, task, 'graph_config.yaml')
  writeFileSync(path, readFileSync(path, 'utf8').replace(before, after))
  const { code, stderr } = await runCliInShared(rehearsal, { directory })
  expect(code).toBe(1)
  expect(stderr).toMatch(message)
})

test('an empty data file and a folder that cannot be written are refused', async () => {
  const directory = projectWithExample()
  writeFileSync(join(directory, 'file'), '')
  expect(await runCliInShared([...rehearsal, '-od', 'file'], { directory })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/choose another folder with --output-dir, or write no files with --no-output/),
  })
  writeFileSync(join(directory, task, 'questions.jsonl'), '')
  expect(await runCliInShared(rehearsal, { directory })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/there is no record/),
  })
})

test('the same seed gives the same run', async () => {
  const directory = projectWithExample()
  const totals = async (out: string) => {
    await runCliInShared([...rehearsal, '--simulate-seed', '5', '--simulate-faults', '0.3', '-od', out], { directory })
    const [name = ''] = readdirSync(join(directory, out, 'metadata')).filter((file) => file.startsWith('metadata_'))
    const { aggregate_statistics } = parseMetadata(readFileSync(join(directory, out, 'metadata', name), 'utf8'), name)
    const { records, tokens, requests, cost } = aggregate_statistics
    return { records, tokens, requests: { ...requests, retry_wait_seconds: 0 }, cost }
  }
  const first = await totals('a')
  expect(await totals('b')).toEqual(first)
  expect(first.requests.total_retries).toBeGreaterThan(0)
})

test('show prints the account of the latest run again', async () => {
  const directory = projectWithExample()
  await runCliInShared(rehearsal, { directory })
  const { code, stdout } = await runCliInShared(['show'], { directory })
  expect(code).toBe(0)
  expect(stdout).toContain('critique_answer')
  const asJson = await runCliInShared(['show', 'examples.code_assistant', '--json'], { directory })
  expect(parseMetadata(asJson.stdout, 'stdout').status).toBe('complete')
})

test('--source gives a task other data than its own', async () => {
  const directory = projectWithExample('glaive_code_assistant')
  const sample = 'tasks/examples/glaive_code_assistant/sample.jsonl'
  const task = ['--task', 'examples.glaive_code_assistant', '--num_records', '3', '--source', sample]
  const { code } = await runCliInShared(['run', ...task, '--simulate', '--simulate-speed', '1000', '-od', 'out'], {
    directory,
  })
  expect(code).toBe(0)
  const [name = ''] = readdirSync(join(directory, 'out', 'metadata')).filter((file) => /^metadata_.*\.json$/.test(file))
  const { dataset } = parseMetadata(readFileSync(join(directory, 'out', 'metadata', name), 'utf8'), name)
  expect(dataset).toMatchObject({ source_type: 'disk', source_path: expect.stringContaining('sample.jsonl') })
})

test('help says what there is', async () => {
  const directory = projectWithExample()
  const all = await runCliInShared(['--help'], { directory })
  expect(all.code).toBe(0)
  for (const command of ['run', 'show', 'runs', 'simulate']) expect(all.stdout).toContain(command)
  expect((await runCliInShared(['run', '--help'], { directory })).stdout).toContain('--disable-metadata')
})

test('a run in which every record fails is not green: exit code 6, said first, with the commonest reason', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-all-fail-'))
  const folder = join(directory, 'tasks/broken')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'data.jsonl'), '{"id": 1}\n{"id": 2}\n{"id": 3}\n')
  writeFileSync(join(folder, 'task.ts'), "export function fail() { throw new RangeError('the disk is full') }\n")
  writeFileSync(
    join(folder, 'graph_config.yaml'),
    'data_config: { id_column: id, source: { type: disk, file_path: data.jsonl } }\ngraph_config: { nodes: { work: { node_type: lambda, lambda: "./task.ts#fail" } } }\n',
  )
  const { code, stdout, stderr } = await runCliInShared(['run', '-t', 'broken'], { directory })
  expect(code, stderr).toBe(6)
  expect(stdout).toMatch(/status +every record failed/)
  expect(stdout).toContain('3 of 3: the disk is full')
  expect(stderr).toContain('--retry-failed')
  expect((await runCliInShared(['show'], { directory })).stdout).toContain('every record failed')
})
