import { readFileSync } from 'node:fs'

interface Message {
  readonly role: string
  readonly content?: unknown
}

const problems = readFileSync(new URL('sample.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): { question: string; answer: string } => JSON.parse(line))

/** The rehearsed reply to a request of this task; a problem that is not in sample.jsonl is left to the simulator. */
export function answer({ messages }: { readonly messages: readonly Message[] }): string | undefined {
  const index = problems.findIndex(({ question }) => messages.some(({ content }) => textOf(content).includes(question)))
  const problem = problems[index]
  if (problem === undefined) return undefined
  const round = messages.filter(({ role }) => role === 'assistant').length
  const parts = problem.answer.split('\n\n')
  // Each problem takes another number of rounds, and every fifth all four.
  const comments = index % 5 === 4 ? 4 : index % 3
  const isTeacher = messages.some(
    ({ role, content }) => role === 'system' && textOf(content).includes('NO MORE FEEDBACK'),
  )
  if (isTeacher) return round < comments ? `Part ${round + 2} of the explanation is missing.` : 'NO MORE FEEDBACK'
  return parts.slice(0, Math.max(1, parts.length - comments + round)).join('\n\n')
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content ?? '')
}
