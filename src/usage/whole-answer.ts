import { factsOf } from './facts.ts'
import type { AnswerFacts, AnswerHeaders, WireFormat } from './parser.ts'

/** A 2xx answer that is no JSON is a failed attempt, such as the login page of a proxy. */
export const invalidJson: AnswerFacts = { errorType: 'invalid_json', isComplete: false }

/** A 2xx answer without a body holds no completion. */
export const emptyBody: AnswerFacts = { errorType: 'empty_body', isComplete: false }

/** What a whole, non-streaming answer tells, from the text of its body. */
export function readWholeAnswer(
  format: WireFormat,
  text: string,
  { headers }: { readonly headers: AnswerHeaders },
): AnswerFacts {
  if (text === '') return { ...format.readHeaders?.(headers), ...emptyBody }
  try {
    const answer: unknown = JSON.parse(text)
    return readWholeJson(format, answer, { headers })
  } catch {
    return { ...format.readHeaders?.(headers), ...invalidJson }
  }
}

/** What a whole, non-streaming answer tells, from its parsed body. */
export function readWholeJson(
  format: WireFormat,
  answer: unknown,
  { headers }: { readonly headers: AnswerHeaders },
): AnswerFacts {
  const known = format.readHeaders?.(headers)
  const facts = format.readAnswer(answer, known)
  return known === undefined ? { ...facts, isComplete: true } : { ...known, ...factsOf(facts), isComplete: true }
}
