import type { Metadata } from '../../metadata/schema.ts'

/** How a node went in earlier runs of the task. */
export interface PastNode {
  /** Answers for each record: more than one where it is in a loop, fewer where not every record comes to it. */
  readonly answersPerRecord: number
  /** Tokens of an answer, on average. */
  readonly answerTokens: number
  /** Tokens of a prompt, on average: in a loop prompts grow. */
  readonly promptTokens: number
  readonly runs: number
}

interface Sums {
  answers: number
  answerTokens: number
  promptTokens: number
  records: number
  runs: number
}

/**
 * What earlier runs of a task say of its nodes. Rehearsals say nothing of real answers: they count only where a rehearsal is
 * estimated.
 */
export function pastNodesOf(
  runs: readonly Metadata[],
  { isRehearsal }: { readonly isRehearsal: boolean },
): ReadonlyMap<string, PastNode> {
  const sums = new Map<string, Sums>()
  for (const { aggregate_statistics: totals, nodes } of runs) {
    if ((totals.cost.status === 'simulated') !== isRehearsal || totals.records.total_processed === 0) continue
    for (const [name, { token_statistics: tokens }] of Object.entries(nodes)) {
      if (tokens === undefined || tokens.avg_completion_tokens <= 0) continue
      const sum = sums.get(name) ?? { answers: 0, answerTokens: 0, promptTokens: 0, records: 0, runs: 0 }
      sum.answers += tokens.total_completion_tokens / tokens.avg_completion_tokens
      sum.answerTokens += tokens.total_completion_tokens
      sum.promptTokens += tokens.total_prompt_tokens
      sum.records += totals.records.total_processed
      sum.runs += 1
      sums.set(name, sum)
    }
  }
  return new Map(
    [...sums].map(([name, { answers, answerTokens, promptTokens, records, runs: count }]) => [
      name,
      {
        answersPerRecord: answers / records,
        answerTokens: answerTokens / answers,
        promptTokens: promptTokens / answers,
        runs: count,
      },
    ]),
  )
}
