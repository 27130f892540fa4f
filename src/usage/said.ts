import { completionTokensOf, promptTokensOf, type Usage } from '../metadata/usage.ts'
import { noOutputCounted } from './answer-facts.ts'
import { isFilled, isRecord, memberOf } from './json-value.ts'

/** A doubt about a whole answer that says something, and whose usage counts the input alone. */
export function doubtsOfOutput(usage: Usage | undefined, answer: unknown): readonly string[] {
  if (usage === undefined || promptTokensOf(usage) === undefined || (completionTokensOf(usage) ?? 0) > 0) return []
  return saysSomething(answer) ? [noOutputCounted] : []
}

/**
 * Whether a whole answer says something, wherever its format has that: a text, a call of a tool. A look for answers that count
 * no output, so it need not find everything.
 */
function saysSomething(answer: unknown): boolean {
  if (!isRecord(answer)) return false
  const { choices, candidates, content, output, message } = answer
  return [
    ...listOf(choices).flatMap((choice) => [memberOf(choice, 'message'), memberOf(choice, 'text')]),
    ...listOf(candidates).flatMap((candidate) => listOf(memberOf(memberOf(candidate, 'content'), 'parts'))),
    ...listOf(content),
    // Of Responses a list of items, of Converse a message.
    ...listOf(output).flatMap((item) => [item, ...listOf(memberOf(item, 'content'))]),
    ...listOf(memberOf(memberOf(output, 'message'), 'content')),
    message,
  ].some(isSaid)
}

const saidUnder = ['text', 'content', 'tool_calls', 'functionCall', 'toolUse', 'arguments', 'refusal']

function isSaid(part: unknown): boolean {
  if (typeof part === 'string') return part !== ''
  if (memberOf(part, 'type') === 'tool_use') return true
  return saidUnder.some((name) => {
    const value = memberOf(part, name)
    return isRecord(value) || (isFilled(value) && !Array.isArray(value)) || (Array.isArray(value) && value.some(isSaid))
  })
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
