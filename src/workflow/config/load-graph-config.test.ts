import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { SygraError } from '../../errors.ts'
import { parseGraphConfig } from './load-graph-config.ts'

const smallest = `
graph_config:
  nodes:
    ask:
      node_type: llm
      model:
        name: gpt-4o-mini
      prompt:
        - user: "{question}"
`

function errorOf(text: string): SygraError {
  try {
    parseGraphConfig(text, 'g.yaml')
  } catch (error) {
    if (error instanceof SygraError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('the smallest task is one node', () => {
  const { config } = parseGraphConfig(smallest, 'g.yaml')
  expect(Object.keys(config.graph_config.nodes)).toEqual(['ask'])
})

test('the example task is read whole', () => {
  const text = readFileSync('tasks/examples/code_assistant/graph_config.yaml', 'utf8')
  const { config } = parseGraphConfig(text, 'graph_config.yaml')
  expect(Object.keys(config.graph_config.nodes)).toEqual(['generate_answer', 'critique_answer'])
})

test('every kind of node, source and output is read', () => {
  const everything = readFileSync('test/fixtures/tasks/everything.yaml', 'utf8')
  const { config } = parseGraphConfig(everything, 'g.yaml')
  expect(Object.values(config.graph_config.nodes).map(({ node_type }) => node_type)).toEqual([
    'weighted_sampler',
    'llm',
    'multi_llm',
    'agent',
    'lambda',
    'subgraph',
  ])
  expect(config).toEqual(parse(everything))
})

/** A place and what is said of it, for one change of a task that is right otherwise. */
const slips: readonly {
  readonly name: string
  readonly text: string
  readonly message: string
  readonly code?: string
}[] = [
  {
    name: 'an unknown node type',
    text: smallest.replace('node_type: llm', 'node_type: llmm'),
    message: 'g.yaml:5:18: unknown node type "llmm"; did you mean "llm"?',
    code: 'unknown_node_type',
  },
  {
    name: 'a node type that is like none',
    text: smallest.replace('node_type: llm', 'node_type: web_browser'),
    message:
      'g.yaml:5:18: unknown node type "web_browser"; expected "llm", "multi_llm", "agent", "lambda", "weighted_sampler" or "subgraph"',
    code: 'unknown_node_type',
  },
  {
    name: 'a node without a type',
    text: smallest.replace('node_type: llm', 'summary: x'),
    message:
      'g.yaml:4:5: missing key "node_type"; expected "llm", "multi_llm", "agent", "lambda", "weighted_sampler" or "subgraph"',
  },
  {
    name: 'an unknown key',
    text: smallest.replace('prompt:', 'promt:').replace('nodes:', 'nodes: # so'),
    message: 'g.yaml:8:7: unknown key "promt"; expected',
  },
  {
    name: 'an unknown key at the top',
    text: `${smallest}output_confg: {}\n`,
    message:
      'g.yaml:10:1: unknown key "output_confg"; expected "data_config", "graph_config", "output_config", "schema_config", "graph_post_process", "cache" or "limits"; did you mean "output_config"?',
  },
  {
    name: 'a parameter of the model outside of its parameters',
    text: smallest.replace('name: gpt-4o-mini', 'name: gpt-4o-mini\n        temperature: 0.1'),
    message:
      'g.yaml:8:9: unknown key "temperature"; expected "name", "parameters", "structured_output", "input_type" or "output_type"; write it under "parameters"',
  },
  {
    name: 'a text where a map must be',
    text: smallest.replace('        name: gpt-4o-mini', '        name: gpt-4o-mini\n        parameters: hot'),
    message: 'g.yaml:8:21: found "hot"; expected a map',
  },
  {
    name: 'a text where a list must be',
    text: `${smallest}  edges: all\n`,
    message: 'g.yaml:10:10: found "all"; expected a list',
  },
  {
    name: 'an empty message',
    text: smallest.replace('"{question}"', ''),
    message: 'g.yaml:9:17: found nothing; expected a text or a list of content parts',
  },
  {
    name: 'two roles in one message',
    text: smallest.replace('- user', '- system: x\n          user'),
    message:
      'g.yaml:9:11: found a message with system and user; expected exactly one of system, user, assistant and tool',
  },
  {
    name: 'a content part of an unknown type',
    text: smallest.replace('"{question}"', '[{type: image, image_url: x}]'),
    message: 'g.yaml:9:25: found "image"; expected "text", "image_url" or "audio_url"',
  },
  {
    name: 'a number that is too small',
    text: smallest.replace('  nodes:', '  graph_properties: {max_loops: 0}\n  nodes:'),
    message: 'g.yaml:3:33: found 0; expected 1 or more',
  },
  {
    name: 'a word outside of a choice',
    text: smallest.replace('node_type: llm', 'node_type: llm\n      node_state: idel'),
    message: 'g.yaml:6:19: found "idel"; expected "active" or "idle"; did you mean "idle"?',
  },
  {
    name: 'a yes that is no truth value in YAML 1.2',
    text: smallest.replace('node_type: llm', 'node_type: llm\n      chat_history: yes'),
    message: 'g.yaml:6:21: found "yes"; expected true or false',
  },
  {
    name: 'a Python path',
    text: smallest.replace('node_type: llm', 'node_type: llm\n      pre_process: tasks.mine.task_executor.Prepare'),
    message: 'g.yaml:6:20: found "tasks.mine.task_executor.Prepare"; expected a function reference, ./file.ts#export',
  },
  {
    name: 'a node named END',
    text: smallest.replace('ask:', 'END:'),
    message: 'g.yaml:4:5: a node cannot be named "END"; expected a name other than START and END',
  },
  {
    name: 'no nodes',
    text: 'graph_config:\n  nodes: {}\n',
    message: 'g.yaml:2:10: found no nodes; expected at least one',
  },
  { name: 'an empty file', text: '', message: 'g.yaml:1:1: found nothing; expected a map' },
  { name: 'a file that is a list', text: '- a\n', message: 'g.yaml:1:1: found a list; expected a map' },
  {
    name: 'an edge without a target',
    text: `${smallest}  edges:\n    - from: START\n`,
    message: 'g.yaml:11:7: missing key "to"; expected the name of a node, END, or a list of names',
  },
  {
    name: 'an edge with a condition and no paths',
    text: `${smallest}  edges:\n    - {from: START, condition: ./a.ts#b}\n`,
    message: 'g.yaml:11:7: missing key "path_map"; expected a map',
  },
  {
    name: 'an output field with two origins',
    text: `${smallest}output_config:\n  output_map:\n    id: {from: id, value: 1}\n`,
    message: 'g.yaml:12:9: found both "from" and "value"; expected one of them',
  },
  {
    name: 'a request for what is not supported',
    text: `${smallest}output_config:\n  oasst_mapper: {required: "yes"}\n`,
    message: 'g.yaml:11:17: found a request for OASST records, which are not made here; write a generator',
  },
  {
    name: 'a key of a lambda that looks like a slip',
    text: 'graph_config:\n  nodes:\n    a: {node_type: lambda, lambda: ./a.ts#b, output_key: x}\n',
    message: 'g.yaml:3:46: unknown key "output_key"; did you mean "output_keys"?',
  },
  {
    name: 'weights that do not fit the values',
    text: 'graph_config:\n  nodes:\n    a: {node_type: weighted_sampler, attributes: {x: {values: [1, 2], weights: [1]}}}\n',
    message: 'g.yaml:3:80: found 1 weights for 2 values; expected one weight for each value',
  },
  {
    name: 'a field of structured output of an unknown type',
    text: smallest.replace(
      'gpt-4o-mini',
      'gpt-4o-mini\n        structured_output: {schema: {fields: {score: {type: intt}}}}',
    ),
    message: 'g.yaml:8:61: found "intt"; expected',
  },
  {
    name: 'an edge to nowhere',
    text: `${smallest}  edges:\n    - {from: START, to: asc}\n    - {from: ask, to: END}\n`,
    message: 'g.yaml:11:25: unknown node "asc"; expected "ask" or "END"; did you mean "ask"?',
    code: 'unknown_edge',
  },
]

describe('a slip is named with its place, what was found and what was expected', () => {
  test.each(slips)('$name', ({ text, message, code = 'bad_config' }) => {
    const error = errorOf(text)
    expect(error.message).toContain(message)
    expect(error.message.startsWith('g.yaml:')).toBe(true)
    expect(error.code).toBe(code)
  })
})

test('all problems of a file are told at once, in its order', () => {
  const text = `${smallest.replace('llm', 'llmm')}  edges:\n    - {from: STRAT, to: ask}\noutput: 1\n`
  expect(
    errorOf(text)
      .message.split('\n')
      .map((line) => line.split(': ').slice(0, 2).join(': ')),
  ).toEqual([
    'g.yaml:5:18: unknown node type "llmm"; did you mean "llm"?',
    'g.yaml:10:3: no edge leads from START; expected one, such as {from',
    'g.yaml:11:14: unknown node "STRAT"; expected "START" or "ask"; did you mean "START"?',
    'g.yaml:12:1: unknown key "output"; expected "data_config", "graph_config", "output_config", "schema_config", "graph_post_process", "cache" or "limits"',
  ])
})

describe('broken YAML', () => {
  test.each([
    { name: 'a bracket that is never closed', text: 'a: [1, 2\nb: 3\n', place: /^g\.yaml:2:1: broken YAML: / },
    {
      name: 'a key that stands twice',
      text: 'a: 1\na: 2\n',
      place: /^g\.yaml:2:1: broken YAML: Map keys must be unique/,
    },
    { name: 'a tab', text: 'a:\n\tb: 1\n', place: /^g\.yaml:2:1: broken YAML: / },
    { name: 'two documents', text: 'a: 1\n---\nb: 1\n', place: /^g\.yaml:2:1: broken YAML: / },
  ])('$name is told with its line and column', ({ text, place }) => {
    const error = errorOf(text)
    expect(error.message).toMatch(place)
    expect(error.code).toBe('bad_config')
  })

  test('an alias of nothing is an error, not a crash', () => {
    expect(errorOf('a: *nothing\n').message).toMatch(/^g\.yaml/)
  })
})

test('anchors and merge keys are read, and errors point to where the value stands', () => {
  const text = `
graph_config:
  nodes:
    a: &base {node_type: lambda, lambda: ./a.ts#a, output_keys: 3}
    b: {<<: *base, lambda: ./a.ts#b}
`
  expect(parseGraphConfig(text.replace('3', 'x'), 'g.yaml').config.graph_config.nodes.b).toEqual({
    node_type: 'lambda',
    lambda: './a.ts#b',
    output_keys: 'x',
  })
  expect(errorOf(text).message).toContain('g.yaml:4:65: found 3; expected a state key or a list of state keys')
})

test('a place in the file is found for any path, missing ones too', () => {
  const { locate } = parseGraphConfig(smallest, 'g.yaml')
  const node = ['graph_config', 'nodes', 'ask']
  expect(locate([...node, 'model', 'name'])).toEqual({ line: 7, column: 15 })
  expect(locate([...node, 'model', 'name'], { at: 'key' })).toEqual({ line: 7, column: 9 })
  expect(locate([...node, 'prompt', 0, 'user'], { within: 'question' })).toEqual({ line: 9, column: 19 })
  expect(locate([...node, 'post_process'])).toEqual({ line: 4, column: 5 })
  expect(locate([])).toEqual({ line: 2, column: 1 })
})

test('a path of the Python system is told the name it has here', () => {
  const text = 'graph_config:\n  nodes:\n    a: { node_type: lambda, lambda: tasks.demo.task_executor.Count }\n'
  expect(() => parseGraphConfig(text, 'graph_config.yaml')).toThrow('ported from Python it is ./task_executor.ts#Count')
})

const limited = (limits: string) => `${smallest.trimEnd()}\nlimits:\n  ${limits}\n`

test.each([
  ['max_failures: "150%"', 'found "150%"; expected a whole number of records, 0 or more, or a share such as 5%', 17],
  ['max_failures: "12.5"', 'found "12.5"; expected a whole number of records, 0 or more, or a share such as 5%', 17],
  ['max_failures: abc', 'found "abc"; expected a whole number of records, 0 or more, or a share such as 5%', 17],
  ['max_failures: -1', 'found -1; expected a whole number of records, 0 or more, or a share such as 5%', 17],
  ['max_failures: [1]', 'found a list; expected a whole number of records, 0 or more, or a share such as 5%', 17],
  ['max_cost: much', 'found "much"; expected an amount of US dollars, 0 or more', 13],
  ['max_requests: 1.5', 'found 1.5; expected a whole number, 0 or more', 17],
  ['timeout: 0', 'found 0; expected a time above 0, such as 90 (seconds), 30min or 8h', 12],
  ['timeout: soon', 'found "soon"; expected a time above 0, such as 90 (seconds), 30min or 8h', 12],
])('the limit %s is refused at its place', (limit, message, column) => {
  expect(errorOf(limited(limit)).message).toBe(`g.yaml:11:${column}: ${message}`)
})

test('limits are read as the command line reads them', () => {
  const { config } = parseGraphConfig(limited('{ max_cost: "5", max_failures: 5%, timeout: 8h }'), 'g.yaml')
  expect(config.limits).toEqual({ max_cost: '5', max_failures: '5%', timeout: '8h' })
})

const oneNode = (lines: string) => `graph_config:\n  nodes:\n    ask:\n${lines.replaceAll(/^/gm, '      ')}\n`

test('a model may be its name, and a prompt one text', () => {
  const { config } = parseGraphConfig(oneNode('node_type: llm\nmodel: gpt-4o-mini\nprompt: "About {topic}"'), 'g.yaml')
  expect(config.graph_config.nodes.ask).toEqual({
    node_type: 'llm',
    model: { name: 'gpt-4o-mini' },
    prompt: [{ user: 'About {topic}' }],
  })
})

test.each([
  [
    'node_type: llm\nmodel: gpt-4o-mini\nprompt:\n  - user: {text}',
    'g.yaml:7:17: found a map; expected a text or a list of content parts; YAML reads braces as a map: for a template write it in quotes, "{text}"',
  ],
  [
    'node_type: llm\nmodel: gpt-4o-mini\nprompt: {text}',
    'g.yaml:6:15: found a map; expected a text, or a list of messages such as {user: text}; YAML reads braces as a map: for a template write it in quotes, "{text}"',
  ],
  [
    'node_type: llm\nmodel: 4\nprompt: hello',
    'g.yaml:5:14: found 4; expected the name of a model, or a map with its "name"',
  ],
])('%j is refused with what was meant', (lines, message) => {
  expect(errorOf(oneNode(lines)).message).toBe(message)
})

test('a template that begins a value and goes on is told to be quoted', () => {
  const { message } = errorOf(oneNode('node_type: llm\nmodel: gpt-4o-mini\nprompt: {text} is nice'))
  expect(message).toContain('(a text that begins with { stands in quotes)')
})

test('under a wrong node_type the other problems of the node are told too', () => {
  const { code, message } = errorOf(oneNode('node_type: llmm\nmodle: gpt-4o-mini\npromt: hello'))
  expect(code).toBe('bad_config')
  const lines = message.split('\n')
  // Each misspelt key is one mistake: that the right one is missing is not told beside it.
  expect(lines).toHaveLength(3)
  expect(message).toContain('g.yaml:4:18: unknown node type "llmm"; did you mean "llm"?')
  expect(message).toContain('g.yaml:5:7: unknown key "modle"')
  expect(message).toContain('g.yaml:6:7: unknown key "promt"')
})

test.each([
  ['lists', '['.repeat(5_000) + ']'.repeat(5_000)],
  ['maps', '{a: '.repeat(5_000) + '}'.repeat(5_000)],
  ['lines', Array.from({ length: 5_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
])('%s nested 5,000 deep are refused by their depth', (_what, text) => {
  expect(errorOf(text).message).toMatch(/^g\.yaml:\d+:\d+: nested more than 100 levels deep; expected fewer$/)
})
