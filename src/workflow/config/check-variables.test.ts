import { describe, expect, test } from 'vitest'
import { SygraError } from '../../errors.ts'
import { checkVariables } from './check-state-keys.ts'
import { parseGraphConfig } from './load-graph-config.ts'

/** Nodes in a row: an llm node for a text, any node for a map. */
function taskOf(nodes: Readonly<Record<string, string | object>>, edges = ''): string {
  const lines = Object.entries(nodes).map(([name, node]) => `    ${name}: ${JSON.stringify(nodeOf(node))}`)
  return ['graph_config:', '  nodes:', ...lines, edges].join('\n')
}

function nodeOf(node: string | object): object {
  const llm = { node_type: 'llm', model: { name: 'm' }, output_keys: 'answer' }
  return typeof node === 'string' ? { ...llm, prompt: [{ user: node }] } : { ...llm, prompt: [{ user: 'hi' }], ...node }
}

function check(text: string, fields: readonly string[] = ['question', 'user', 'inc->number']): void {
  const { config, ...origin } = parseGraphConfig(text, 'g.yaml')
  checkVariables(config, fields, origin)
}

const sampler = { node_type: 'weighted_sampler', model: undefined, prompt: undefined, output_keys: undefined }

describe('a variable is known', () => {
  const cases: readonly { readonly name: string; readonly nodes: Readonly<Record<string, string | object>> }[] = [
    { name: 'as a field of the records', nodes: { a: '{question} {inc->number}' } },
    { name: 'as a part of a field', nodes: { a: '{user.address.city}' } },
    { name: 'as an output key of a node before', nodes: { a: 'hi', b: '{answer}' } },
    { name: 'as the chat of a node without output keys', nodes: { a: { output_keys: undefined }, b: '{messages}' } },
    {
      name: 'as one of several output keys of a lambda',
      nodes: { a: { node_type: 'lambda', lambda: './x.ts#y', output_keys: ['mood', 'tone'] }, b: '{mood} {tone}' },
    },
    {
      name: 'as an attribute of a sampler',
      nodes: {
        a: { ...sampler, attributes: { mood: { values: ['calm'] } } },
        b: '{mood}',
      },
    },
    { name: 'where a pre_process may set it', nodes: { a: { pre_process: './x.ts#y', prompt: [{ user: '{any}' }] } } },
    {
      name: 'where a post_process before may have set it',
      nodes: { a: { post_process: './x.ts#y', output_keys: undefined }, b: '{any}' },
    },
    {
      name: 'where a lambda before does not say what it writes',
      nodes: { a: { node_type: 'lambda', lambda: './x.ts#y', output_keys: undefined, model: undefined }, b: '{any}' },
    },
  ]

  test.each(cases)('$name', ({ nodes }) => {
    expect(() => check(taskOf(nodes))).not.toThrow()
  })

  test('as an output key of a node that comes before in a loop', () => {
    const edges = `  edges:
    - {from: START, to: a}
    - {from: a, to: b}
    - {from: b, condition: ./x.ts#y, path_map: {again: a, done: END}}`
    const nodes = { a: '{question} {critique}', b: { output_keys: 'critique' } }
    expect(() => check(taskOf(nodes, edges))).not.toThrow()
  })
})

describe('an unknown variable is refused', () => {
  test('with its place, what there is, and the nearest name', () => {
    const text = `
graph_config:
  nodes:
    ask:
      node_type: llm
      model: {name: m}
      prompt:
        - system: |
            You know {question}.
            You do not know {qestion}.
        - user:
            - {type: image_url, image_url: "{image}"}
`
    expect(() => check(text, ['question', 'id'])).toThrow(
      'g.yaml:10:29: unknown variable "qestion": no record and no earlier node provides it; expected one of question, id; did you mean "question"? (for braces in the text write {{qestion}})\n' +
        'g.yaml:12:45: unknown variable "image": no record and no earlier node provides it; expected one of question, id (for braces in the text write {{image}})',
    )
  })

  test('also where only a later node writes it', () => {
    const run = () => check(taskOf({ a: '{answer} {late}', b: { output_keys: 'late' } }), ['answer'])
    expect(run).toThrow('unknown variable "late": node "b" writes it, but not before "a"; expected one of answer')
    expect(run).toThrow(SygraError)
  })

  test('also where only a node of a parallel branch writes it', () => {
    const edges = '  edges: [{from: START, to: [a, b]}, {from: a, to: END}, {from: b, to: END}]'
    const nodes = { a: '{left}', b: { output_keys: 'left' } }
    expect(() => check(taskOf(nodes, edges))).toThrow('node "b" writes it, but not before "a"')
  })

  test('also where only an idle node would have written it', () => {
    const nodes = { a: { output_keys: 'left', node_state: 'idle' }, b: '{left}' }
    expect(() => check(taskOf(nodes))).toThrow('unknown variable "left"')
  })

  test('but not in an idle node', () => {
    expect(() => check(taskOf({ a: { node_state: 'idle', prompt: [{ user: '{any}' }] } }))).not.toThrow()
  })

  test('in a task without data', () => {
    expect(() => check(taskOf({ a: '{topic}' }), [])).toThrow('expected no variables, as nothing provides any')
  })
})
