import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { runNodes, saidIn } from '../../../../test/helpers/run-nodes.ts'
import { scratchFile } from '../../../../test/helpers/scratch-folder.ts'
import type { AnswerObject } from '../../../simulator/answers/answer.ts'
import { checkHasMedia } from '../chat/answer.ts'
import { tool } from '../chat/tool.ts'
import type { AgentNodeConfig } from './agent-config.ts'

const weather = tool({
  name: 'weather',
  description: 'The weather of a city.',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => ({ city, degrees: 21 }),
})

function agent(rest: Partial<AgentNodeConfig> = {}): AgentNodeConfig {
  return {
    node_type: 'agent',
    model: { name: 'gpt-4o-mini' },
    prompt: [{ user: 'How warm is it in {city}?' }],
    tools: [weather],
    output_keys: 'answer',
    ...rest,
  }
}

const rows = [{ id: 'r1', city: 'Lyon' }]
const ask = (name: string, args: unknown): AnswerObject => ({ toolCalls: [{ name, arguments: args }] })

/** Answers in this order, the last one again and again. */
const inOrder = (...answers: readonly (string | AnswerObject)[]) => ({
  rows,
  answer: (_request: unknown, index: number) => answers[Math.min(index, answers.length - 1)],
})

test('of a model that does not chat is refused: its tools would not be sent', async () => {
  const act = agent({ model: { name: 'dall-e-3', output_type: 'image' } })
  await expect(runNodes({ act })).rejects.toThrow(/tools: model "dall-e-3" makes images, for which there is no tools/)
})

test('a model that answers with speech may ask for its tools first', () => {
  const toolCalls = [{ id: 'c1', name: 'weather', arguments: {} }]
  const client = { identity: { name: 'gpt-audio', type: 'OpenAI' }, purpose: 'speaking-chat' } as const
  expect(() => checkHasMedia({ content: '', finishReason: 'tool-calls', toolCalls }, client)).not.toThrow()
  expect(() => checkHasMedia({ content: 'No.', finishReason: 'stop' }, client)).toThrow(/its answer has no sound/)
})

describe('the loop', () => {
  test('a tool that the model asks for is called and its result told', async () => {
    const { records, requests } = await runNodes(
      { act: agent() },
      inOrder(ask('weather', { city: 'Lyon' }), '21 degrees'),
    )
    expect(records).toEqual([{ id: 'r1', city: 'Lyon', answer: '21 degrees' }])
    expect(requests[0]?.tools).toMatchObject([
      { function: { name: 'weather', description: 'The weather of a city.', parameters: { required: ['city'] } } },
    ])
    expect(requests[1]?.messages.slice(1)).toMatchObject([
      { role: 'assistant', tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Lyon"}' } }] },
      { role: 'tool', content: '{"city":"Lyon","degrees":21}' },
    ])
  })

  test('each request names the node, the agent, and within a tool the tool', async () => {
    const looksUp = tool({
      name: 'look_up',
      parameters: z.object({}),
      execute: async () => {
        const inner = await import('../../../runtime/scope.ts')
        const { agent: agentName, tool: toolName, node } = inner.currentScope() ?? {}
        return { agentName, toolName, node }
      },
    })
    const { events, requests, metadata } = await runNodes(
      { act: agent({ tools: [looksUp] }) },
      inOrder(ask('look_up', {}), 'done'),
    )
    const ended = events.filter((event) => event.type === 'request-end')
    expect(metadata?.agents?.act).toMatchObject({
      total_executions: 1,
      total_failures: 0,
      requests: { total_requests: 2 },
      cost: { status: metadata?.aggregate_statistics.cost.status },
    })
    expect(metadata?.tools?.look_up).toMatchObject({ total_executions: 1, total_failures: 0 })
    expect(ended).toMatchObject([
      { node: 'act', agent: 'act', recordId: 'r1' },
      { node: 'act', agent: 'act', recordId: 'r1' },
    ])
    expect(requests[1]?.messages.at(-1)?.content).toBe('{"agentName":"act","toolName":"look_up","node":"act"}')
    expect(metadata?.nodes.act).toMatchObject({
      node_type: 'agent',
      total_executions: 1,
      requests: { total_requests: 2 },
    })
  })

  test('tools of one step run at once and are told in the order they were asked for', async () => {
    const started: string[] = []
    let release = () => {}
    const bothStarted = new Promise<void>((resolve) => {
      release = resolve
    })
    const waits = tool({
      name: 'waits',
      parameters: z.object({ who: z.string() }),
      execute: async ({ who }) => {
        started.push(who)
        if (started.length === 2) release()
        await bothStarted
        return who
      },
    })
    const toolCalls = ['a', 'b'].map((who) => ({ name: 'waits', arguments: { who } }))
    const { requests } = await runNodes({ act: agent({ tools: [waits] }) }, inOrder({ toolCalls }, 'done'))
    expect(requests[1]?.messages.slice(-2).map(({ content }) => content)).toEqual(['a', 'b'])
  })

  test('an agent that never stops asking fails its record at the step limit', async () => {
    const { failures, requests } = await runNodes(
      { act: agent({ max_steps: 3 }) },
      inOrder(ask('weather', { city: 'Lyon' })),
    )
    expect(requests).toHaveLength(3)
    expect(failures).toMatchObject([
      { error: { code: 'loop_limit', message: 'agent "act" asked for tools in all of its 3 steps; raise max_steps' } },
    ])
  })

  test('a tool that is required is required in the first step only', async () => {
    const { requests } = await runNodes(
      { act: agent({ tool_choice: 'required' }) },
      inOrder(ask('weather', { city: 'Lyon' }), 'done'),
    )
    expect(requests.map(({ tool_choice }) => tool_choice)).toEqual(['required', 'auto'])
  })

  test('without tools it is asked once', async () => {
    const { records, requests } = await runNodes({ act: agent({ tools: undefined }) }, inOrder('warm'))
    expect(requests[0]).not.toHaveProperty('tools')
    expect(records).toMatchObject([{ answer: 'warm' }])
  })

  test('a post-processor sees which tools were called and what they gave', async () => {
    const node = agent({ post_process: ({ toolCalls }: { toolCalls: unknown }) => ({ toolCalls }) })
    const { records } = await runNodes({ act: node }, inOrder(ask('weather', { city: 'Lyon' }), 'done'))
    expect(records).toMatchObject([
      { toolCalls: [{ name: 'weather', arguments: { city: 'Lyon' }, result: { city: 'Lyon', degrees: 21 } }] },
    ])
  })

  test('its last answer may have to fit a schema', async () => {
    const model = { name: 'gpt-4o-mini', structured_output: { schema: z.object({ degrees: z.number() }) } }
    const { records, requests } = await runNodes(
      { act: agent({ model, output_keys: undefined }) },
      inOrder(ask('weather', { city: 'Lyon' }), 'warm', '{"degrees": 21}'),
    )
    expect(records).toMatchObject([{ degrees: 21 }])
    expect(requests[2]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
  })
})

describe('what the model is told of a call that went wrong', () => {
  const broken = tool({
    name: 'broken',
    parameters: z.object({}),
    execute: () => {
      throw new Error('the service is down')
    },
  })

  test.each([
    ['a tool that there is not', ask('wether', {}), false, /no tool "wether"; there are weather, broken/],
    ['arguments that do not fit', ask('weather', { town: 'Lyon' }), false, /the arguments do not fit: city: /],
    ['a tool that throws', ask('broken', {}), true, /the service is down/],
  ])('%s', async (_what, asked, isExecuted, message) => {
    const node = agent({ tools: [weather, broken] })
    const { requests, records, metadata } = await runNodes({ act: node }, inOrder(asked, 'done'))
    expect(requests[1]?.messages.at(-1)?.content).toMatch(message)
    expect(records).toMatchObject([{ answer: 'done' }])
    // What was not called is no execution.
    expect(metadata?.tools).toEqual(isExecuted ? { broken: expect.objectContaining({ total_failures: 1 }) } : undefined)
  })
})

describe('system messages that are injected', () => {
  test('come at their exchange of the chat, which is two answers, and at no other', async () => {
    const node = agent({
      tools: undefined,
      output_keys: undefined,
      inject_system_messages: [{ 0: 'Begin.' }, { 1: 'End.' }],
    })
    const { requests } = await runNodes(
      { act: node },
      {
        ...inOrder('and?'),
        edges: [
          { from: 'START', to: 'act' },
          {
            from: 'act',
            condition: ({ messages }: { messages: unknown[] }) => (messages.length < 3 ? 'again' : 'end'),
            path_map: { again: 'act', end: 'END' },
          },
        ],
      },
    )
    const injected = requests.map((request) => saidIn(request).filter((text) => text.startsWith('system')))
    expect(injected).toEqual([['system: Begin.'], ['system: Begin.'], ['system: End.']])
  })

  test('an agent without an instruction in its prompt takes that of the state, after its pre-processor', async () => {
    const pre_process = (state: Record<string, unknown>) => ({ ...state, _agent_prompt: `You live in ${state.city}.` })
    const prompt = [{ system: 'Own.' }, { user: 'Hello.' }]
    const { requests } = await runNodes(
      { act: agent({ tools: undefined, pre_process }), again: agent({ tools: undefined, pre_process, prompt }) },
      inOrder('and?'),
    )
    const instructions = requests.map((request) => saidIn(request).filter((text) => text.startsWith('system')))
    expect(instructions).toEqual([['system: You live in Lyon.'], ['system: Own.']])
  })
})

describe('tools from files', () => {
  const toolFile = (content: string) => scratchFile('tools.ts', content)

  test('the members of a class, static ones or not, and what the getTools of a class gives', async () => {
    const path = await toolFile(`
      import { z } from '${import.meta.resolve('zod')}'
      const parameters = z.object({ of: z.number() })
      export class Numbers {
        static double = { parameters, execute: ({ of }) => of * 2 }
        halve = { parameters, execute: ({ of }) => of / 2 }
        notATool() {}
      }
      export class Toolkit {
        getTools() {
          return [{ name: 'square', description: 'of', schema: parameters, invoke: ({ of }) => of * of }]
        }
      }
    `)
    const { requests } = await runNodes(
      { act: agent({ tools: [`${path}#Numbers`, `${path}#Toolkit`] }) },
      inOrder({ toolCalls: ['double', 'halve', 'square'].map((name) => ({ name, arguments: { of: 4 } })) }, 'done'),
    )
    const tools = requests[0]?.tools as { function: { name: string } }[]
    expect(tools.map((each) => each.function.name)).toEqual(['double', 'halve', 'square'])
    expect(requests[1]?.messages.slice(-3).map(({ content }) => content)).toEqual(['8', '2', '16'])
  })

  test('a class without tools is refused', async () => {
    const path = await toolFile('export class Nothing { apply() {} }')
    await expect(runNodes({ act: agent({ tools: [`${path}#Nothing`] }) }, { rows })).rejects.toThrow(
      'class Nothing has no tools; write each as a member: static add =',
    )
  })

  test('all that a file exports, or one of them', async () => {
    const path = await toolFile(`
      import { z } from '${import.meta.resolve('zod')}'
      const parameters = z.object({ of: z.number() })
      export const limit = 4
      export const double = { parameters, execute: ({ of }) => of * 2 }
      export const halve = { inputSchema: parameters, execute: ({ of }) => of / 2 }
    `)
    const run = (tools: string[]) => runNodes({ act: agent({ tools }) }, inOrder(ask('halve', { of: 4 }), 'done'))
    const { requests } = await run([path])
    expect(requests[0]?.tools?.map((each) => each.function?.name)).toEqual(['double', 'halve'])
    expect(requests[1]?.messages.at(-1)?.content).toBe('2')
    expect((await run([`${path}#halve`])).requests[0]?.tools).toHaveLength(1)
    await expect(run([`${path}#halv`])).rejects.toThrow(/does not export "halv"; did you mean "halve"\?/)
  })

  test.each([
    ['a function without a schema', 'export function add() {}', /tool "add" has no schema/],
    ['an object without a schema', 'export const add = { execute() {} }', /tool "add" has no schema/],
    ['a file without tools', 'export const limit = 4', /exports no tools/],
  ])('refused before the first request: %s', async (_what, content, message) => {
    const path = await toolFile(content)
    await expect(runNodes({ act: agent({ tools: [path] }) }, { rows })).rejects.toThrow(message)
  })

  test.each([
    ['two tools of one name', [weather, weather], /two tools are named "weather"/],
    ['a name that no service takes', [{ ...weather, name: 'the weather' }], /a tool is named "the weather"/],
  ])('refused before the first request: %s', async (_what, tools, message) => {
    await expect(runNodes({ act: agent({ tools }) }, { rows })).rejects.toThrow(message)
  })
})
