import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { scratchFolder } from '../../test/helpers/scratch-folder.ts'
import type { MetadataEvent } from '../metadata/event.ts'
import type { ChatRequest } from '../simulator/chat-request.ts'
import type { GraphConfig } from './config/graph-config.ts'
import { tool } from './nodes/chat/tool.ts'
import type { RunOptions } from './run/run-options.ts'
import { DataSource } from './sources/data-source.ts'
import type { Row } from './sources/source.ts'
import { createGraph, Workflow } from './workflow.ts'

const rows = [
  { id: 'a', text: 'rain' },
  { id: 'b', text: 'snow' },
]

/** Options for a run on simulated models that say what they are told to. */
async function simulated(answer: (request: ChatRequest) => string = () => 'ok'): Promise<RunOptions> {
  return { simulate: { answers: answer, timeScale: 0 }, outputDir: await scratchFolder() }
}

const edgesOf = (graph: { build: () => GraphConfig }) => graph.build().graph_config.edges

describe('nodes that are chained', () => {
  test('follow one another and are named after their kind', async () => {
    const graph = new Workflow('chain')
      .source(rows)
      .llm('gpt-4o-mini', 'Write about {text}.', { output: 'draft', temperature: 0.5 })
      .lambda((state) => ({ words: state.draft.split(' ').length }))
      .llm({ name: 'gpt-4o', parameters: { top_p: 1 } }, [{ system: 'Judge.' }, { user: '{draft}: {words}' }], {
        output: 'verdict',
      })
    const { records, metadata } = await graph.run(await simulated(({ model }) => `said by ${model}`))
    expect(records).toEqual(
      rows.map((row) => ({ ...row, draft: 'said by gpt-4o-mini', words: 3, verdict: 'said by gpt-4o' })),
    )
    expect(Object.keys(metadata?.nodes ?? {}).sort()).toEqual(['lambda_1', 'llm_1', 'llm_2'])
    expect(edgesOf(graph)).toBeUndefined()
  })

  test('every kind can be chained', async () => {
    const inner = new Workflow('inner').lambda(({ mood }: { mood: string }) => ({ loud: mood.toUpperCase() }))
    const graph = new Workflow('kinds')
      .source([{ id: 'a' }])
      .weightedSampler({ mood: ['calm'], size: { values: [1, 2], weights: [0, 1] } }, { seed: 3 })
      .multiLLM({ small: 'gpt-4o-mini', large: 'gpt-4o' }, 'Be {mood}.', { output: 'answers' })
      .agent('gpt-4o', [], 'Look at {answers}.', { output: 'view', maxSteps: 2, injectSystemMessages: { 1: 'Begin.' } })
      .subgraph(inner, { output: 'loud' })
    const { records, metadata } = await graph.run(await simulated())
    expect(records).toEqual([
      { id: 'a', mood: 'calm', size: 2, answers: { small: 'ok', large: 'ok' }, view: 'ok', loud: 'CALM' },
    ])
    expect(Object.values(metadata?.nodes ?? {}).map((node) => node.node_type)).toEqual(
      expect.arrayContaining(['weighted_sampler', 'multi_llm', 'agent', 'subgraph', 'lambda']),
    )
  })

  test('an edge drawn by hand takes the place of the automatic one', () => {
    const graph = createGraph('loop')
      .lambda(() => ({ n: 1 }), { name: 'count' })
      .lambda(() => undefined, { name: 'look' })
      .addConditionalEdge('look', ({ n }: { n: number }) => (n < 3 ? 'again' : 'done'), { again: 'count', done: 'END' })
    expect(edgesOf(graph)).toMatchObject([
      { from: 'look', path_map: { again: 'count', done: 'END' } },
      { from: 'START', to: 'count' },
      { from: 'count', to: 'look' },
    ])
  })

  test('a name that is taken is passed over', () => {
    const graph = createGraph()
    graph.addLLMNode('llm_1', 'gpt-4o')
    graph.llm('gpt-4o', 'hello')
    expect(Object.keys(graph.build().graph_config.nodes)).toEqual(['llm_1', 'llm_2'])
  })
})

test('a second node of one name is refused, not put in place of the first', () => {
  const graph = createGraph().llm('gpt-4o', 'hello', { name: 'ask' })
  expect(() => graph.addLambdaNode('ask', () => undefined)).toThrow(/there is a node "ask" already/)
})

describe('builders of nodes', () => {
  test('describe all that graph_config.yaml can', () => {
    const graph = createGraph()
    const add = tool({ parameters: z.object({ of: z.number() }), execute: ({ of }) => of + 1 })
    const schema = z.object({ score: z.number() })
    graph
      .addLLMNode('ask', 'gpt-4o')
      .userMessage('{text}')
      .systemMessage('First.')
      .systemMessage('Second.')
      .multimodalMessage('user', [{ type: 'image_url', image_url: '{image}' }])
      .temperature(0.2)
      .maxTokens(9)
      .inputKey('chat')
      .outputRole('user')
      .outputKeys('score')
      .chatHistory()
      .preProcess('./task.ts#before')
      .postProcess('./task.ts#after')
      .structuredOutput(schema, { fallbackStrategy: 'post_process', retryOnParseError: false, maxParseRetries: 1 })
      .tools('./tools.ts#add')
      .toolChoice('required')
      .summary('Asks.')
    graph.addAgentNode('act', 'gpt-4o', [add]).prompt('Act.').maxSteps(3).injectSystemMessages({ 2: 'On.' })
    graph
      .addMultiLLMNode('compare', { small: 'gpt-4o-mini' })
      .addModel('large', { name: 'gpt-4o', parameters: { seed: 1 } })
      .modelParameter('temperature', 0)
      .structuredOutput(schema)
      .prompt('Compare.')
      .multiLLMPostProcess((answers) => ({ count: Object.keys(answers).length }))
    graph.addLambdaNode('count', './task.ts#count').outputKeys('a', 'b').setting('threshold', 4)
    graph.addWeightedSamplerNode('draw').addAttribute('mood', ['calm', 'cross'], [1, 2]).seed('x')
    graph
      .addSubgraphNode('inner', 'examples.other')
      .nodeConfigMap({ write: { output_keys: 'x' } })
      .idle()
    const { nodes } = graph.build().graph_config
    expect(nodes.ask).toEqual({
      node_type: 'llm',
      model: {
        name: 'gpt-4o',
        parameters: { temperature: 0.2, max_tokens: 9 },
        structured_output: {
          schema,
          fallback_strategy: 'post_process',
          retry_on_parse_error: false,
          max_parse_retries: 1,
        },
      },
      prompt: [
        { system: 'First.' },
        { system: 'Second.' },
        { user: '{text}' },
        { user: [{ type: 'image_url', image_url: '{image}' }] },
      ],
      input_key: 'chat',
      output_role: 'user',
      output_keys: 'score',
      chat_history: true,
      pre_process: './task.ts#before',
      post_process: './task.ts#after',
      tools: ['./tools.ts#add'],
      tool_choice: 'required',
      summary: 'Asks.',
    })
    expect(nodes.act).toMatchObject({ tools: [add], max_steps: 3, inject_system_messages: { 2: 'On.' } })
    expect(nodes.compare).toMatchObject({
      models: {
        small: { parameters: { temperature: 0 }, structured_output: { schema } },
        large: { parameters: { seed: 1, temperature: 0 } },
      },
    })
    expect(nodes.count).toMatchObject({ output_keys: ['a', 'b'], threshold: 4 })
    expect(nodes.draw).toMatchObject({
      attributes: { mood: { values: ['calm', 'cross'], weights: [1, 2] } },
      seed: 'x',
    })
    expect(nodes.inner).toMatchObject({ node_config_map: { write: { output_keys: 'x' } }, node_state: 'idle' })
  })

  test('a class with apply is a function, for lambdas, processors and conditions', async () => {
    class Double {
      readonly factor = 2
      apply({ n }: { n: number }) {
        return { n: n * this.factor }
      }
    }
    class Enough {
      apply({ n }: { n: number }) {
        return n > 7
      }
    }
    const graph = new Workflow('classes').source([{ id: 'a', n: 1 }])
    graph.addLambdaNode('double', Double)
    graph.addEdge('START', 'double').addConditionalEdge('double', Enough, { true: 'END', false: 'double' })
    const { records } = await graph.run(await simulated())
    expect(records).toEqual([{ id: 'a', n: 8 }])
  })
})

describe('overrides', () => {
  const graph = () => {
    const made = new Workflow('overridden').source(rows)
    made
      .addLLMNode('write', 'gpt-4o-mini')
      .systemMessage('Be brief.')
      .userMessage('{text}')
      .temperature(1)
      .outputKeys('out')
    return made
  }

  test('change what a request says', async () => {
    const requests: ChatRequest[] = []
    const options = await simulated((request) => {
      requests.push(request)
      return 'ok'
    })
    await graph()
      .override('graph_config.nodes.write.model.parameters.temperature', 0.9)
      .overrideModel('write', 'gpt-4o', { max_tokens: 7 })
      .overridePrompt('write', 'user', 'Only {text}!', 1)
      .run({ ...options, numRecords: 1 })
    expect(requests[0]).toMatchObject({
      model: 'gpt-4o',
      temperature: 0.9,
      max_tokens: 7,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Only rain!' },
      ],
    })
  })

  test('hold whatever is called after them', () => {
    const made = createGraph().override('graph_config.nodes.late.model.name', 'gpt-4o')
    made.addLLMNode('late', 'gpt-4o-mini').prompt('hello')
    expect(made.build().graph_config.nodes.late).toMatchObject({ model: { name: 'gpt-4o' } })
  })

  test.each([
    ['a node that there is not', ['graph_config.nodes.wirte.model.name', 'x'], /no node "wirte".*did you mean "write"/],
    [
      'a place beyond a list',
      ['graph_config.nodes.write.prompt.5.user', 'x'],
      /prompt\.5: found "5"; expected a number/,
    ],
    ['an unknown key', ['graph_config.nodes.write.modle.name', 'x'], /unknown key "modle".*did you mean "model"/],
    ['a wrong value', ['graph_config.nodes.write.model.name', 4], /write\.model\.name: found 4; expected a text/],
  ] as const)('refuse %s', async (_what, [path, value], message) => {
    await expect(graph().override(path, value).definition()).rejects.toThrow(message)
  })
})

describe('a task that is loaded', () => {
  async function taskFolder(): Promise<string> {
    const directory = await scratchFolder()
    writeFileSync(join(directory, 'data.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'))
    writeFileSync(join(directory, 'task.ts'), 'export const shout = ({ out }) => ({ out: out.toUpperCase() })\n')
    writeFileSync(
      join(directory, 'graph_config.yaml'),
      `data_config:
  source: { type: disk, file_path: data.jsonl }
graph_config:
  nodes:
    write:
      node_type: llm
      model: { name: gpt-4o-mini }
      prompt: [{ user: '{text}' }]
      output_keys: out
    shout: { node_type: lambda, lambda: './task.ts#shout' }
`,
    )
    return directory
  }

  test('runs as it is, or with other data, models and outputs', async () => {
    const directory = await taskFolder()
    const asItIs = await (await Workflow.load(directory)).run(await simulated())
    expect(asItIs.records).toEqual(rows.map((row) => ({ ...row, out: 'OK' })))
    const changed = (await Workflow.load(directory))
      .overrideModel('write', 'gpt-4o')
      .source([{ id: 'c', text: 'hail' }])
    const { records, metadata } = await changed.outputField('said', { from: 'out' }).run(await simulated())
    expect(records).toEqual([{ said: 'OK' }])
    expect(Object.keys(metadata?.models ?? {})).toEqual(['gpt-4o'])
  })

  test('says lines of its file until it is changed, and paths from then on', async () => {
    const directory = await taskFolder()
    const untouched = await Workflow.load(directory)
    expect((await untouched.definition()).origin?.path).toBe(join(directory, 'graph_config.yaml'))
    const changed = untouched.override('graph_config.nodes.shout.lambda', './task.ts#shuot')
    await expect(changed.run(await simulated())).rejects.toThrow(
      /^graph_config\.nodes\.shout\.lambda: .*does not export "shuot"; did you mean "shout"\?/,
    )
  })

  test('is saved elsewhere with paths that lead to the same files, and without secrets', async () => {
    const directory = await taskFolder()
    const target = join(await scratchFolder(), 'copy', 'graph_config.yaml')
    const graph = (await Workflow.load(directory)).overrideModel('write', undefined, {
      temperature: 0.3,
      api_key: 'do-not-write-this',
    })
    await graph.saveConfig(target)
    const text = readFileSync(target, 'utf8')
    expect(text).not.toContain('do-not-write-this')
    expect(text).toMatch(/^# Left out, as they are secrets: graph_config\.nodes\.write\.model\.parameters\.api_key\n/)
    expect(parse(text)).toMatchObject({
      graph_config: { nodes: { write: { model: { parameters: { temperature: 0.3 } } } } },
    })
    const { records } = await (await Workflow.load(join(target, '..'))).run(await simulated())
    expect(records).toEqual(rows.map((row) => ({ ...row, out: 'OK' })))
  })
})

describe('saving', () => {
  test('a workflow made in code becomes a task with its rows and its sinks', async () => {
    const directory = await scratchFolder()
    const graph = new Workflow('saved').source(rows).llm('gpt-4o-mini', '{text}', { output: 'out' })
    graph.sink(join(directory, 'out.csv')).idColumn('id').preserveFields('text')
    await graph.saveConfig(join(directory, 'graph_config.yaml'))
    expect(parse(readFileSync(join(directory, 'graph_config.yaml'), 'utf8'))).toEqual({
      data_config: {
        id_column: 'id',
        source: { type: 'memory', data: rows },
        sink: { type: 'csv', file_path: 'out.csv' },
      },
      graph_config: {
        nodes: {
          llm_1: { node_type: 'llm', model: { name: 'gpt-4o-mini' }, prompt: [{ user: '{text}' }], output_keys: 'out' },
        },
      },
      output_config: { preserve_fields: ['text'] },
    })
    const { records } = await (await Workflow.load(directory)).run(await simulated())
    expect(records).toHaveLength(2)
  })

  test('refuses what YAML cannot hold, all at once', async () => {
    const graph = new Workflow('unsaved')
      .source(DataSource.memory([]))
      .lambda(() => ({}))
      .lambda(() => ({}))
    await expect(graph.saveConfig(join(await scratchFolder(), 'g.yaml'))).rejects.toThrow(
      /data_config\.source: found a DataSource.*\n.*lambda_1\.lambda: found a function.*\n.*lambda_2\.lambda: found a function/,
    )
  })
})

describe('data and output', () => {
  test('transformations come behind those of the source, and do not change it', async () => {
    const source = DataSource.memory(rows)
    const graph = new Workflow('steps')
      .source(source)
      .transformations({ transform: 'rename', params: { mapping: { text: 'topic' } } }, (row) => ({ ...row, more: 1 }))
      .lambda(() => undefined)
    const { records } = await graph.run(await simulated())
    expect(records).toEqual([
      { id: 'a', topic: 'rain', more: 1 },
      { id: 'b', topic: 'snow', more: 1 },
    ])
    expect((await graph.run(await simulated())).records).toEqual(records)
    const kept: Row[] = []
    for await (const row of source.rows()) kept.push(row)
    expect(kept).toEqual(rows)
  })

  test('a source may be described as in graph_config.yaml', async () => {
    const directory = await scratchFolder()
    writeFileSync(join(directory, 'data.csv'), 'id,n\na,1\n')
    const graph = new Workflow('described')
      .source({ type: 'disk', file_path: join(directory, 'data.csv') })
      .lambda(({ n }: { n: string }) => ({ n: Number(n) + 1 }))
    expect((await graph.run(await simulated())).records).toEqual([{ id: 'a', n: 2 }])
  })

  test('fields, fixed values, kept fields and several sinks', async () => {
    const directory = await scratchFolder()
    const graph = new Workflow('fields')
      .source(rows)
      .lambda((state) => ({ length: state.text.length }))
      .outputField('size', { from: 'length', transform: (length: number) => length * 10 })
      .outputMetadata({ version: 2 })
      .preserveFields('id')
      .sink(join(directory, 'a.csv'))
      .sink(join(directory, 'b.jsonl'))
    const { records } = await graph.run(await simulated())
    expect(records).toEqual([
      { id: 'a', size: 40, version: 2 },
      { id: 'b', size: 40, version: 2 },
    ])
    expect(readFileSync(join(directory, 'a.csv'), 'utf8')).toContain('a,40,2')
    expect(readFileSync(join(directory, 'b.jsonl'), 'utf8').trim().split('\n')).toHaveLength(2)
  })

  test('run takes all options; a run that is aborted is interrupted', async () => {
    const events: MetadataEvent[] = []
    const stop = new AbortController()
    const graph = new Workflow('aborted').source(rows).lambda(() => void stop.abort())
    const result = await graph.run({
      ...(await simulated()),
      batchSize: 1,
      signal: stop.signal,
      onEvent: (event) => void events.push(event),
    })
    expect(result.status).toBe('interrupted')
    expect(events.some(({ type }) => type === 'node-end')).toBe(true)
  })
})

describe('what is known of the state', () => {
  test('comes from the rows, the outputs and the functions', () => {
    const graph = new Workflow('typed')
      .source(rows)
      .llm('gpt-4o', '{text}', { output: 'draft' })
      .lambda((state) => {
        expectTypeOf(state.text).toBeString()
        expectTypeOf(state.draft).toBeString()
        return { words: state.draft.length }
      })
      .lambda(({ words }) => words * 2, { output: 'double' })
      .llm('gpt-4o', 'Judge.', { structuredOutput: z.object({ score: z.number(), why: z.string() }) })
      .weightedSampler({ mood: ['calm', 'cross'] })
      .llm('gpt-4o', 'x', {
        output: 'half',
        postProcess: ({ content }, { score }) => ({ half: content.length / score }),
      })
    type State = Awaited<ReturnType<typeof graph.run>>['records'][number]
    expectTypeOf<State['double']>().toBeNumber()
    expectTypeOf<State['score']>().toBeNumber()
    expectTypeOf<State['half']>().toBeNumber()
    expectTypeOf<State['mood']>().toEqualTypeOf<'calm' | 'cross'>()
    expect(graph.name).toBe('typed')
  })

  test('is what the output says, once it says something', () => {
    const graph = new Workflow('typed')
      .source(rows)
      .outputField('topic', { from: 'text' })
      .outputField('size', { from: 'text', transform: (text: string) => text.length })
      .preserveFields('id')
    type Output = Awaited<ReturnType<typeof graph.run>>['records'][number]
    expectTypeOf<Output['topic']>().toBeString()
    expectTypeOf<Output['size']>().toBeNumber()
    expectTypeOf<Output['id']>().toBeString()
    expectTypeOf<Output>().not.toHaveProperty('text')
    expect(graph.name).toBe('typed')
  })

  test('does not keep a function from taking any workflow', () => {
    const judged = (graph: Workflow<object, unknown>) =>
      graph.llm('gpt-4o', 'Judge.', { output: 'verdict' }).lambda(({ verdict }) => verdict.length, { output: 'size' })
    const graph = judged(new Workflow('any').source(rows).outputField('topic', { from: 'text' }))
    expect(Object.keys(graph.build().graph_config.nodes)).toEqual(['llm_1', 'lambda_1'])
  })

  test('is all that rows can be where nothing is known, and what a function says it is', () => {
    interface Question {
      text: string
    }
    const graph = new Workflow('untyped').source('questions.jsonl')
    graph.addLambdaNode('annotated', (state: Question) => ({ length: state.text.length }))
    graph.addLambdaNode('free', (state) => {
      expectTypeOf(state).toEqualTypeOf<Row>()
    })
    graph.addConditionalEdge('free', (state: Question) => (state.text === '' ? 'empty' : 'full'), {
      empty: 'END',
      full: 'annotated',
    })
    // @ts-expect-error a choice without a path
    graph.addConditionalEdge('free', (state: Question) => (state.text === '' ? 'empty' : 'full'), { empty: 'END' })
    expect(Object.keys(graph.build().graph_config.nodes)).toEqual(['annotated', 'free'])
  })

  test('nodes are named in edges by what added them, so that the compiler checks them', () => {
    const graph = new Workflow('edges')
    const write = graph.addLLMNode('write', 'gpt-4o-mini').userMessage('{text}')
    const review = graph.addLLMNode('review', 'gpt-4o').userMessage('{messages}')
    const count = graph.addLambdaNode('count', ({ round = 0 }: { round?: number }) => ({ round: round + 1 }))
    graph.addEdge('START', [write, count]).addEdge(write, review).addEdge(count, 'END')
    graph.addConditionalEdge(review, (): boolean => true, { true: 'END', false: write })
    expect(graph.build().graph_config.edges).toMatchObject([
      { from: 'START', to: ['write', 'count'] },
      { from: 'write', to: 'review' },
      { from: 'count', to: 'END' },
      { from: 'review', path_map: { true: 'END', false: 'write' } },
    ])
    expect(() => new Workflow('other').sequence(write)).toThrow('a node of another workflow')
    // @ts-expect-error a node that there is not
    const misspelt = () => graph.addEdge(wrte, review)
    expect(misspelt).toThrow(ReferenceError)
  })

  test('template variables of a typed state are checked by the compiler', () => {
    const graph = new Workflow('templates').source([{ id: 'a', text: 'x' }])
    graph.llm('m', 'known: {text} {id}; not names: {{name}} {"a": {"b": 1}} {not a name} {user.city} {a->b} {} {0}')
    graph.llm('m', '{text}', { output: 'draft' }).llm('m', [{ system: '{text}' }, { user: '{draft}' }])
    graph
      .llm('m', '{text}')
      .agent('m', [], '{messages}')
      .multiLLM({ left: 'm', right: 'm' }, '{text}')
      .llm('m', '{left} {right}')
    // What a function of another file writes, or prepares, is not known.
    graph.lambda('./task.ts#f').llm('m', '{anything}')
    graph.llm('m', '{text}', { postProcess: './task.ts#f' }).llm('m', '{anything}')
    graph.llm('m', '{extra}', { preProcess: (state) => ({ ...state, extra: state.text }) })
    graph.subgraph('other').llm('m', '{anything}')
    const text: string = '{anything}'
    graph.llm('m', text)
    new Workflow('untyped').llm('m', '{anything}')
    // @ts-expect-error a variable that no record and no node provides
    graph.llm('m', 'Say {txt}')
    // @ts-expect-error in a message
    graph.llm('m', [{ system: 'Be kind.' }, { user: 'Say {txt}' }])
    // @ts-expect-error behind a node that writes something else
    graph.llm('m', '{text}', { output: 'draft' }).llm('m', '{drft}')
    // @ts-expect-error within JSON
    graph.agent('m', [], 'Answer as {"answer": "{txt}"}', { output: 'draft' })
    // @ts-expect-error in a prompt for several models
    graph.multiLLM({ left: 'm' }, '{txt}')
    expect(Object.keys(graph.build().graph_config.nodes).length).toBeGreaterThan(10)
  })
})
