import {
  completionTokensOf,
  promptTokensOf,
  type TokenClass,
  tokenClasses,
  totalTokensOf,
  type Usage,
} from './usage.ts'

/** Tokens of many requests. Estimates are kept apart from what was reported. */
export class TokenTotals {
  prompt = 0
  completion = 0
  total = 0
  estimated = 0
  /** Attempts that reported usage: the divisor of the averages. */
  reports = 0
  /** Attempts that gave an answer, or part of one, and reported no usage. */
  answersWithoutUsage = 0
  readonly classes: Record<TokenClass, number> = emptyClasses()

  add(usage: Usage): void {
    this.reports += 1
    this.prompt += promptTokensOf(usage) ?? 0
    this.completion += completionTokensOf(usage) ?? 0
    this.total += totalTokensOf(usage)
    for (const tokenClass of tokenClasses) this.classes[tokenClass] += usage[tokenClass] ?? 0
  }

  addEstimate(usage: Usage): void {
    this.estimated += totalTokensOf(usage)
  }

  merge(other: TokenTotals): void {
    this.prompt += other.prompt
    this.completion += other.completion
    this.total += other.total
    this.estimated += other.estimated
    this.reports += other.reports
    this.answersWithoutUsage += other.answersWithoutUsage
    for (const tokenClass of tokenClasses) this.classes[tokenClass] += other.classes[tokenClass]
  }
}

function emptyClasses(): Record<TokenClass, number> {
  return {
    input: 0,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    inputAudio: 0,
    inputImage: 0,
    output: 0,
    reasoning: 0,
    outputAudio: 0,
  }
}
