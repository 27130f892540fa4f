import { doubtsOfOutput, withDoubts } from '../answer-facts.ts'
import { doubtsBeside } from '../count-table.ts'
import type { AnswerFacts, WireFormat } from '../wire-format.ts'

/** What an answer tells that stands in a file, or in another document, with the doubts that it would have had by itself. */
export function readLater({ readAnswer, usageMembers }: WireFormat, answer: unknown): AnswerFacts {
  const facts = readAnswer(answer, {})
  return withDoubts(facts, [...doubtsBeside(answer, usageMembers), ...doubtsOfOutput(facts.usage, answer)])
}
