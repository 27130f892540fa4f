import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { randomOf } from '../../seeded-random.ts'
import type { ChatRequest } from '../chat-request.ts'
import { parseSimulatorSettings } from '../settings.ts'
import { defaultAnswer, endOfFeedback } from './default-answer.ts'

const settings = parseSimulatorSettings({})

function say(request: Partial<ChatRequest> & Pick<ChatRequest, 'messages'>, seed = 1) {
  const random = randomOf(seed, JSON.stringify(request))
  return defaultAnswer({
    request: { model: 'gpt-4o', ...request },
    settings: { ...settings, seed },
    origin: undefined,
    random,
  })
}

const message = (role: string, content: string) => ({ role, content })
const coder = message('system', 'You are an assistant tasked with solving python coding problems.')
const teacher = message(
  'system',
  'You are a teacher grading a solution to a python coding problem. If the answer is correct reply NO MORE FEEDBACK.',
)

/** The loop of answers and critiques: each side sees its own turns as the assistant's. */
function critiquesOf(question: string): string[] {
  const turns: string[] = []
  const critiques: string[] = []
  while (critiques.length < 10) {
    const forCoder = turns.map((text, index) => message(index % 2 === 0 ? 'assistant' : 'user', text))
    turns.push(say({ messages: [coder, message('user', question), ...forCoder] }).content ?? '')
    const forTeacher = turns.map((text, index) => message(index % 2 === 0 ? 'user' : 'assistant', text))
    const graded = { ...teacher, content: `${teacher.content} QUESTION: ${question}` }
    const critique = say({ messages: [graded, ...forTeacher] }).content ?? ''
    critiques.push(critique)
    if (critique.includes(endOfFeedback)) break
    turns.push(critique)
  }
  return critiques
}

test('a question is criticised one to three times, then there is no more feedback', () => {
  const rounds = Array.from({ length: 60 }, (_, index) => critiquesOf(`Write function number ${index}.`).length)
  // The last critique is the one that ends the loop.
  expect(new Set(rounds)).toEqual(new Set([2, 3, 4]))
})

test('a loop that keeps no conversation ends too, because answers carry the number of their draft', () => {
  for (let index = 0; index < 20; index++) {
    let prompt = `Solve problem ${index} in python.`
    let rounds = 0
    for (; rounds < 8; rounds++) {
      const answer = say({ messages: [coder, message('user', prompt)] }).content ?? ''
      const critique = say({ messages: [teacher, message('user', `The solution: ${answer}`)] }).content ?? ''
      if (critique === endOfFeedback) break
      prompt = `Solve problem ${index} in python. Improve on this. ${critique}`
    }
    expect(rounds).toBeLessThan(8)
    expect(rounds).toBeGreaterThan(0)
  }
})

test('a prompt that tells of a reviewer is not one that speaks to a reviewer', () => {
  const messages = [
    message('system', 'When a reviewer comments, write the answer again.'),
    message('user', 'Grade book?'),
  ]
  expect(say({ messages }).content).not.toMatch(/feedback/i)
  expect(say({ messages: [message('user', 'Please critique the following essay: …')] }).content).toMatch(
    /^Feedback on draft 1/,
  )
})

test('plain answers are about the prompt and as long as the settings say', () => {
  const lengths = Array.from({ length: 200 }, (_, index) => {
    const content = say({ messages: [message('user', `Describe lighthouse ${index} on the coast`)] }).content ?? ''
    expect(content).toMatch(/lighthouse|coast|describe/i)
    return countTokens(content)
  })
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length
  expect(mean).toBeGreaterThan(settings.answerTokens * 0.7)
  expect(mean).toBeLessThan(settings.answerTokens * 1.3)
})

test('a JSON schema gets an instance of it, json_object the keys that the prompt shows', () => {
  const schema = z.object({ title: z.string(), score: z.int().min(1).max(5), tags: z.array(z.string()) })
  const messages = [message('user', 'Rate it as {"verdict": "...", "reason": "..."}.')]
  const typed = say({
    messages,
    response_format: { type: 'json_schema', json_schema: { schema: z.toJSONSchema(schema) } },
  })
  expect(schema.safeParse(JSON.parse(typed.content ?? '')).success).toBe(true)
  const free = say({ messages, response_format: { type: 'json_object' } })
  expect(Object.keys(JSON.parse(free.content ?? ''))).toEqual(['verdict', 'reason'])
  const bare = say({ messages: [message('user', 'Give JSON.')], response_format: { type: 'json_object' } })
  expect(JSON.parse(bare.content ?? '')).toEqual({ answer: expect.any(String) })
})

const toolOf = (name: string, parameters: z.ZodType) => ({
  type: 'function',
  function: { name, parameters: z.toJSONSchema(parameters) },
})
const weather = z.object({ city: z.string(), days: z.int().min(1).max(7) })
const tools = [toolOf('weather', weather), toolOf('clock', z.object({}))]

test('an agent calls each tool once with arguments that are valid, then answers', () => {
  const messages: ChatRequest['messages'] = [message('user', 'What is it like outside?')]
  const called: string[] = []
  for (;;) {
    const call = say({ messages, tools }).toolCalls?.[0]
    if (call === undefined) break
    called.push(call.name)
    if (call.name === 'weather') expect(weather.safeParse(call.arguments).success).toBe(true)
    messages.push({ role: 'assistant', content: null, tool_calls: [{ function: { name: call.name, arguments: '' } }] })
    messages.push({ role: 'tool', content: 'done' })
  }
  expect(called).toEqual(['weather', 'clock'])
  expect(say({ messages, tools }).content).toMatch(/\w/)
})

test('tool_choice is obeyed', () => {
  const messages = [message('user', 'Hello')]
  expect(say({ messages, tools, tool_choice: 'none' }).toolCalls).toBeUndefined()
  const named = { type: 'function', function: { name: 'clock' } }
  expect(say({ messages, tools, tool_choice: named }).toolCalls).toEqual([{ name: 'clock', arguments: {} }])
  const done = ['weather', 'clock'].map((name) => ({
    role: 'assistant',
    tool_calls: [{ function: { name, arguments: '' } }],
  }))
  expect(say({ messages: [...messages, ...done], tools }).toolCalls).toBeUndefined()
  expect(say({ messages: [...messages, ...done], tools, tool_choice: 'required' }).toolCalls?.[0]?.name).toBe('weather')
})
