import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { scratchFolder } from '../../test/helpers/scratch-folder.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { validateTask } from './validate-task.ts'

beforeEach(() => {
  vi.stubEnv('OPENAI_API_KEY', 'key')
  return () => vi.unstubAllEnvs()
})

async function taskOf(config: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = await scratchFolder()
  writeFileSync(join(directory, 'graph_config.yaml'), config)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  return directory
}

/** The problems of a task, its folder left out. */
async function problemsOf(directory: string, options?: Parameters<typeof validateTask>[1]): Promise<readonly string[]> {
  try {
    await validateTask(directory, options)
    return []
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(`${directory}/`, '').split('\n') : [String(error)]
  }
}

const task = `data_config:
  source: { type: disk, file_path: data.jsonl }
graph_config:
  nodes:
    ask:
      node_type: llm
      model: { name: gpt-4o-mini }
      prompt: [{ user: 'Answer {question}.' }]
      output_keys: answer
    look: { node_type: lambda, lambda: './task.ts#look', output_keys: length }
  edges:
    - { from: START, to: ask }
    - { from: ask, to: look }
    - { from: look, condition: './task.ts#isShort', path_map: { yes: END, no: ask } }
output_config:
  output_map:
    answer: { from: answer }
`
const files = {
  'data.jsonl': '{"id": 1, "question": "why?"}\n',
  'task.ts': 'export const look = ({ answer }) => answer.length\nexport const isShort = () => "yes"\n',
}

test('a task that is right is given back, and nothing is sent or written', async () => {
  const definition = await validateTask(await taskOf(task, files))
  expect(Object.keys(definition.config.graph_config.nodes)).toEqual(['ask', 'look'])
})

test('what stays out of tasks of the Python system is refused by name, each with what to do, beside everything else', async () => {
  const python = `data_config:
  source: { type: servicenow, table: incident, fields: [a], filters: { active: "true" }, limit: 10 }
  sink:
    - { type: servicenow, table: analysis, operation: insert }
    - { type: hf, repo_id: a/b, private: true }
graph_config:
  graph_properties: { retry_chat_injection: { required: "yes" } }
  nodes:
    ask:
      node_type: llm
      model: { name: large, provider: openai, temperature: 0 }
      prompt: [{ user: 'Answer.' }]
    measure: { node_type: lambda, lambda: tasks.eval.utils.UnitMetrics }
    own: { node_type: lambda, lambda: tasks.demo.helpers.Own }
output_config:
  output_map: { id: { from: id } }
  data_quality: { tasks: [] }
  oasst_mapper: { required: "yes" }
schema_config: { schema: sygra.validators.custom_schemas.CustomUserSchema }
graph_post_process: [sygra.core.graph.graph_postprocessor.SemanticDedupPostProcessor]
`
  const directory = await taskOf(python, { 'models.yaml': 'large: { model_type: claude_proxy }\n' })
  const problems = (await problemsOf(directory)).map((line) => line.replace(/^graph_config\.yaml:\d+:\d+: /, ''))
  for (const sentence of [
    /^ServiceNow is no source here: export the table into a file/,
    /^ServiceNow is no sink here: write a file/,
    /^the Hugging Face Hub is no sink here: write a file \(parquet\)/,
    /"retry_chat_injection".*; retries with an injected prompt are not there: loop back/,
    /"provider".*; the service of a model stands in models\.yaml/,
    /"temperature".*; write it under "parameters"/,
    /SyGra's evaluation metrics are not there: .* such as \.\/utils\.ts#UnitMetrics/,
    /; ported from Python it is \.\/helpers\.ts#Own$/,
    /^found data quality tasks, which are not run here; run them as a task of their own/,
    /^found a request for OASST records, which are not made here; write a generator/,
    /found "sygra\.validators.*expected a zod schema as \.\/file\.ts#export; it belongs to the Python system itself: write a stand-in, such as \.\/custom_schemas\.ts#CustomUserSchema/,
    /semantic deduplication is not there: .* such as \.\/graph_postprocessor\.ts#SemanticDedupPostProcessor/,
    /behind a proxy of the Python system's makers/,
  ]) {
    expect(
      problems.filter((line) => sentence.test(line)),
      String(sentence),
    ).toHaveLength(1)
  }
  expect(problems.filter((line) => /unknown key "(table|fields|limit|operation|repo_id)"/.test(line))).toEqual([])
  expect(problems).toHaveLength(13)
})

test('the file of a ported function is named relative to the task, also in another folder', async () => {
  const root = await scratchFolder()
  const directory = join(root, 'tasks', 'eval', 'qa', 'simple')
  mkdirSync(directory, { recursive: true })
  writeFileSync(
    join(directory, 'graph_config.yaml'),
    'graph_config: { nodes: { a: { node_type: lambda, lambda: tasks.eval.helpers.measure } } }\n',
  )
  expect((await problemsOf(directory))[0]).toMatch(/ported from Python it is \.\.\/\.\.\/helpers\.ts#measure$/)
})

test('a model that the task does not name is a warning, one that it names is refused', async () => {
  const models = 'gpt-4o-mini: { model_type: openai }\nlarge: { model_type: claude_proxy }\n'
  const directory = await taskOf(task, { ...files, 'models.yaml': models })
  const { warnings } = await validateTask(directory)
  expect(warnings).toEqual(['models.yaml has a model that cannot be used here, and the task does not: large'])
  const named = await taskOf(task.replace('gpt-4o-mini', 'large'), { ...files, 'models.yaml': models })
  expect(await problemsOf(named)).toEqual([
    expect.stringMatching(/^models\.yaml:2:22: model "large" is behind a proxy/),
  ])
})

test('what a run refuses for want of data is refused here: variables, and sinks that get no columns', async () => {
  const [, withoutData = ''] = task.split(/(?=graph_config:)/)
  expect(await problemsOf(await taskOf(withoutData, files))).toEqual([
    expect.stringMatching(/unknown variable "question"/),
  ])
  const sinks = '  sink: [{ type: json, file_path: a.json, alias: a }]\n'
  expect(await problemsOf(await taskOf(task.replace('graph_config:', `${sinks}graph_config:`), files))).toEqual([
    'graph_config.yaml:3:50: no field of output_map is named "a->…", so this sink would get nothing',
  ])
})

test('rows in place of the source run through its transformations, and keep its id column', async () => {
  const renaming = task.replace(
    '  source: { type: disk, file_path: data.jsonl }',
    `  id_column: number
  source:
    type: hf
    repo_id: nobody/nothing
    transformations: [{ transform: RenameFieldsTransform, params: { mapping: { n: number, q: question } } }]`,
  )
  const directory = await taskOf(renaming, { ...files, 'rows.jsonl': '{"n": "a", "q": "why?"}\n' })
  const { source } = await validateTask(directory, { sourcePath: join(directory, 'rows.jsonl') })
  const rows: unknown[] = []
  for await (const row of source?.rows() ?? []) rows.push(row)
  expect(rows).toEqual([{ number: 'a', question: 'why?' }])
})

test('everything that is wrong is told at once, each thing once', async () => {
  const wrong = task
    .replace('{question}', '{qestion}')
    .replace('#look', '#loook')
    .replace('#isShort', '#isshort')
    .replace(
      'model: { name: gpt-4o-mini }',
      'model: { name: gpt-4o-mini }\n      pre_process: ./task.ts#before\n      tools: [./task.ts#look]',
    )
    .replace('answer: { from: answer }', "answer: { from: answer, transform: './other.ts#short' }")
    .concat('graph_post_process: [./task.ts#sort]\n')
  expect(
    await problemsOf(await taskOf(wrong, { ...files, 'data.jsonl': '{"id": 1, "question": "a"}\n{"id": 1}\n' })),
  ).toEqual([
    expect.stringMatching(/^graph_config\.yaml:6:7: tools: tool "look" has no schema/),
    expect.stringMatching(/^graph_config\.yaml:8:20: task\.ts does not export "before"/),
    expect.stringMatching(/^graph_config\.yaml:12:40: task\.ts does not export "loook"; did you mean "look"\?/),
    expect.stringMatching(/^graph_config\.yaml:16:32: task\.ts does not export "isshort"; did you mean "isShort"\?/),
    expect.stringMatching(/^graph_config\.yaml:19:40: other\.ts does not exist/),
    expect.stringMatching(/^graph_config\.yaml:20:22: task\.ts does not export "sort"/),
    expect.stringMatching(/record 2: id "1" in column "id" is used by more than one record/),
  ])
})

test('what is wrong with the data does not hide the rest', async () => {
  const wrong = task.replace('type: disk', 'type: dsik').replace('#look', '#loook')
  expect(await problemsOf(await taskOf(wrong, files))).toEqual([
    expect.stringMatching(/^graph_config\.yaml:2:19: .*"dsik".*did you mean "disk"\?/),
    expect.stringMatching(/does not export "loook"/),
  ])
})

test('what is wrong with the form of a file does not hide variables that nothing provides', async () => {
  const wrong = task
    .replace('model: { name: gpt-4o-mini }', 'modle: { name: gpt-4o-mini }')
    .replace('prompt: [{ user: ', 'promt: [{ user: ')
    .replace('{question}', '{qestion}')
    .replace('node_type: lambda,', 'node_type: lamda,')
  expect(await problemsOf(await taskOf(wrong, files))).toEqual([
    expect.stringMatching(/:7:7: unknown key "modle".*did you mean "model"/),
    expect.stringMatching(/:8:7: unknown key "promt".*did you mean "prompt"/),
    expect.stringMatching(/unknown node type "lamda"/),
    expect.stringMatching(/:8:\d+: unknown variable "qestion".*did you mean "question"\?/),
  ])
})

test.each([
  ['output_keys: answer', 'output_keys: { a: 1 }'],
  ['output_keys: answer', 'output_keys: answer\n      post_process: 5'],
  ['node_type: llm', 'node_type: 5'],
])('where %s is wrong, what the node writes is not guessed', async (right, wrong) => {
  const later =
    "    more: { node_type: llm, model: { name: gpt-4o-mini }, prompt: [{ user: '{anything}' }] }\n  edges:\n    - { from: ask, to: more }"
  const config = task.replace(right, wrong).replace('  edges:', later)
  expect((await problemsOf(await taskOf(config, files))).filter((line) => line.includes('unknown variable'))).toEqual(
    [],
  )
})

test('a variable that nothing provides is found by the first record', async () => {
  const wrong = task.replace('{question}', '{qestion}')
  expect(await problemsOf(await taskOf(wrong, files))).toEqual([
    expect.stringMatching(/^graph_config\.yaml:8:32: unknown variable "qestion".*did you mean "question"\?/),
  ])
})

test('an output that takes what nothing provides is found', async () => {
  const wrong = task.replace('from: answer', 'from: anwser').concat('  preserve_fields: [id, qestion]\n')
  expect(await problemsOf(await taskOf(wrong, files))).toEqual([
    expect.stringMatching(/^graph_config\.yaml:17:21: unknown key "anwser".*did you mean "answer"\?/),
    expect.stringMatching(/^graph_config\.yaml:18:25: unknown key "qestion".*did you mean "question"\?/),
  ])
})

test('a key that is missing is a problem, unless the models are to be simulated', async () => {
  vi.stubEnv('OPENAI_API_KEY', '')
  const directory = await taskOf(task, files)
  expect(await problemsOf(directory)).toEqual([expect.stringMatching(/model "gpt-4o-mini" .* has no key/)])
  expect(await problemsOf(directory, { needsKeys: false })).toEqual([])
})

test('the services are asked for the models when that is wanted', async () => {
  const simulator = await startSimulator({ timeScale: 0 })
  vi.stubEnv('OPENAI_BASE_URL', simulator.url)
  const directory = await taskOf(task, files)
  try {
    await simulator.close()
    expect(await problemsOf(directory)).toEqual([])
    expect(await problemsOf(directory, { asksServices: true })).toEqual([
      expect.stringMatching(/gpt-4o-mini.*127\.0\.0\.1/),
    ])
  } finally {
    await simulator.close()
  }
})

describe('bad input is refused before the first request, with its place', () => {
  const node = (text: string) => `graph_config:\n  nodes:\n    a: ${text}\n`
  const lambda = "{ node_type: lambda, lambda: './task.ts#look' }"
  const graph = (edges: string) => `graph_config:\n  nodes:\n    a: ${lambda}\n    b: ${lambda}\n  edges:\n${edges}`

  test.each([
    [
      'a cycle without an exit',
      graph('    - { from: START, to: a }\n    - { from: a, to: b }\n    - { from: b, to: a }\n'),
      /^graph_config\.yaml:3:5: the loop of "a", "b" has no exit and never reaches END/,
    ],
    [
      'an edge to nowhere',
      graph('    - { from: START, to: a }\n    - { from: a, to: bb }\n'),
      /^graph_config\.yaml:7:22: unknown node "bb"; expected "a", "b" or "END"/,
    ],
    [
      'an unknown key',
      'graph_config: { node: {} }\n',
      /graph_config\.yaml:1:17: unknown key "node"; expected .*; did you mean "nodes"\?/,
    ],
    [
      'an unknown node type',
      node('{ node_type: lambada }'),
      /^graph_config\.yaml:3:21: unknown node type "lambada"; did you mean "lambda"\?$/m,
    ],
    [
      'a function that is not exported',
      node("{ node_type: lambda, lambda: './task.ts#lok' }"),
      /does not export "lok"; did you mean "look"\?/,
    ],
    ['a file that does not exist', node("{ node_type: lambda, lambda: './taks.ts#look' }"), /taks\.ts does not exist/],
    [
      'a file that cannot be loaded',
      node("{ node_type: lambda, lambda: './broken.ts#look' }"),
      /broken\.ts cannot be loaded/,
    ],
    [
      'a tool without a schema',
      node("{ node_type: agent, model: { name: m }, prompt: [{ user: x }], tools: ['./task.ts#look'] }"),
      /^graph_config\.yaml:3:8: tools: tool "look" has no schema, so no model can be told how to call it/,
    ],
    [
      'parallel branches that write one key',
      `graph_config:
  nodes:
    a: { node_type: lambda, lambda: './task.ts#look', output_keys: x }
    b: { node_type: lambda, lambda: './task.ts#look', output_keys: x }
  edges: [{ from: START, to: [a, b] }, { from: a, to: END }, { from: b, to: END }]
`,
      /^graph_config\.yaml:4:68: nodes "a" and "b" run in parallel and both write "x"; expected different output_keys, or graph_properties\.reducers\.x/,
    ],
    [
      'answers of several models that write one key beside another node',
      `graph_config:
  nodes:
    a: { node_type: lambda, lambda: './task.ts#look', output_keys: small }
    b: { node_type: multi_llm, models: { small: { name: m } }, prompt: [{ user: x }] }
  edges: [{ from: START, to: [a, b] }, { from: a, to: END }, { from: b, to: END }]
`,
      /nodes "a" and "b" run in parallel and both write "small"/,
    ],
    [
      'a schema for answers that is none',
      node(
        "{ node_type: llm, model: { name: m, structured_output: { schema: './task.ts#look' } }, prompt: [{ user: x }] }",
      ),
      /structured_output\.schema: \.\/task\.ts#look is no schema of zod 4/,
    ],
    ['a subgraph that is no task', node('{ node_type: subgraph, subgraph: ./no }'), /no task ".*no"/],
  ])('%s', async (_what, config, message) => {
    const directory = await taskOf(config, { ...files, 'broken.ts': 'export const = 4\n' })
    const problems = await problemsOf(directory, { needsKeys: false })
    expect(problems.join('\n')).toMatch(message)
  })
})
