import type { AnswerFacts } from './parser.ts'

/** The earlier facts with everything that is known anew in place of what was; undefined hides nothing. */
export function mergeFacts(earlier: AnswerFacts, later: AnswerFacts): AnswerFacts {
  const merged: Record<string, unknown> = { ...earlier }
  for (const name in later) {
    const value = later[name as keyof AnswerFacts]
    if (value !== undefined) merged[name] = value
  }
  return merged
}

/** The facts without the fields that are undefined. */
export function factsOf(facts: AnswerFacts): AnswerFacts {
  return mergeFacts({}, facts)
}
