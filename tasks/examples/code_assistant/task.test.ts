import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { answer } from './simulator.ts'
import {
  buildConversation,
  type ChatMessage,
  countRounds,
  isAccepted,
  lastAnswer,
  shouldContinue,
  swapRoles,
} from './task.ts'

interface Question {
  readonly id: string
  readonly topic: string
  readonly difficulty: string
  readonly question: string
  readonly answer: string
}

const questions = readFileSync(new URL('questions.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): Question => JSON.parse(line))

describe('the questions', () => {
  test('there are at least 60, each with its own id and text', () => {
    expect(questions.length).toBeGreaterThanOrEqual(60)
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length)
    expect(new Set(questions.map(({ question }) => question)).size).toBe(questions.length)
  })

  test.each(questions)('$id has a question, and an answer of 60 to 250 words with whole code blocks', (question) => {
    expect(question.question.trim()).not.toBe('')
    expect(question.topic).toMatch(/^[a-z-]+$/)
    expect(['easy', 'medium', 'hard']).toContain(question.difficulty)
    const words = question.answer.split(/\s+/).length
    expect(words).toBeGreaterThanOrEqual(60)
    expect(words).toBeLessThanOrEqual(250)
    expect(question.answer.match(/^```/gm)?.length ?? 0).toSatisfy(isEven)
  })

  test('every remark of the rehearsal belongs to a question', () => {
    const remarks: unknown = JSON.parse(readFileSync(new URL('remarks.json', import.meta.url), 'utf8'))
    expect(Object.keys(remarks ?? {})).toEqual(questions.map(({ id }) => id))
  })
})

describe('shouldContinue', () => {
  test('a remark leads back to the writer', () => {
    expect(shouldContinue({ messages: [assistant('a'), user('Explain the loop.')] })).toBe('generate_answer')
  })

  test('a content reviewer ends the loop', () => {
    expect(shouldContinue({ messages: [assistant('a'), user('NO MORE FEEDBACK')] })).toBe('END')
  })

  test('the words of the verdict in an earlier turn do not end it', () => {
    const messages = [assistant('NO MORE FEEDBACK'), user('Why do you say that?')]
    expect(shouldContinue({ messages })).toBe('generate_answer')
  })

  test('four rounds are the most', () => {
    expect(shouldContinue({ messages: rounds(3) })).toBe('generate_answer')
    expect(shouldContinue({ messages: rounds(4) })).toBe('END')
  })

  test('a record without messages goes to the writer', () => {
    expect(shouldContinue({})).toBe('generate_answer')
  })
})

describe('swapRoles', () => {
  const messages = [assistant('first'), user('more'), assistant('second')]

  test('the reviewer is told the answers and has said the remarks', () => {
    expect(swapRoles({ messages }).messages).toEqual([user('first'), assistant('more'), user('second')])
  })

  test('the state it was given, and its other fields, stay as they were', () => {
    const state = Object.freeze({ question: 'why?', messages: Object.freeze([...messages]) })
    expect(swapRoles(state)).toMatchObject({ question: 'why?' })
    expect(state.messages).toEqual(messages)
    expect(swapRoles(swapRoles(state))).toEqual(state)
  })
})

describe('the output', () => {
  const messages = [assistant('first'), user('more'), assistant('second'), user('NO MORE FEEDBACK')]

  test('a conversation starts with the question and ends with an answer', () => {
    expect(buildConversation(messages, { question: 'why?' })).toEqual([
      user('why?'),
      assistant('first'),
      user('more'),
      assistant('second'),
    ])
  })

  test('the last answer, its rounds and the verdict are stated', () => {
    expect(lastAnswer(messages)).toBe('second')
    expect(countRounds(messages)).toBe(2)
    expect(isAccepted(messages)).toBe(true)
    expect(isAccepted(rounds(4))).toBe(false)
  })
})

describe('a rehearsal', () => {
  const rehearsals = questions.map((question) => ({ question, messages: rehearse(question.question) }))

  test('loops one to four times, and each number of rounds occurs', () => {
    const seen = new Set(rehearsals.map(({ messages }) => countRounds(messages)))
    expect([...seen].sort()).toEqual([1, 2, 3, 4])
  })

  test('the first ten records already show loops and an early end', () => {
    const seen = rehearsals.slice(0, 10).map(({ messages }) => countRounds(messages))
    expect(Math.min(...seen)).toBe(1)
    expect(Math.max(...seen)).toBe(4)
  })

  test('a few reviews never come to rest', () => {
    const restless = rehearsals.filter(({ messages }) => !isAccepted(messages)).length
    expect(restless).toBeGreaterThanOrEqual(3)
    expect(restless).toBeLessThanOrEqual(questions.length / 10)
  })

  test.each(rehearsals)(
    '$question.id: every version is better than the last, and the final one is the reference',
    ({ question, messages }) => {
      const versions = messages.filter(({ role }) => role === 'assistant').map(({ content }) => content.length)
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
      expect(lastAnswer(messages)).toBe(question.answer)
      expect(messages.every(({ content }) => (content.match(/^```/gm)?.length ?? 0) % 2 === 0)).toBe(true)
    },
  )

  test('a question that is not in the file is left to the simulator', () => {
    expect(answer({ messages: [user('What is the capital of France?')] })).toBeUndefined()
  })

  test('a message in parts is read like one of plain text', () => {
    const [first] = questions
    const parts = [{ type: 'text', text: first?.question }]
    expect(answer({ messages: [{ role: 'user', content: parts }] })).toBe(ask([user(first?.question ?? '')]))
  })
})

/** The graph in a plain loop: write, review with the roles swapped, until `shouldContinue` says END. */
function rehearse(question: string): readonly ChatMessage[] {
  let messages: readonly ChatMessage[] = []
  do {
    messages = [...messages, assistant(ask([system('You answer.'), user(question), ...messages]))]
    const seen = swapRoles({ messages }).messages
    if (!Array.isArray(seen)) throw new Error('no messages')
    const review = ask([system(`Reply with NO MORE FEEDBACK.\n\n${question}`), ...seen])
    messages = [...messages, user(review)]
  } while (shouldContinue({ messages }) !== 'END')
  return messages
}

function ask(messages: readonly ChatMessage[]): string {
  return answer({ messages }) ?? ''
}

function rounds(count: number): ChatMessage[] {
  return Array.from({ length: count }, () => [assistant('an answer'), user('a remark')]).flat()
}

function system(content: string): ChatMessage {
  return { role: 'system', content }
}

function user(content: string): ChatMessage {
  return { role: 'user', content }
}

function assistant(content: string): ChatMessage {
  return { role: 'assistant', content }
}

function isEven(count: number): boolean {
  return count % 2 === 0
}
