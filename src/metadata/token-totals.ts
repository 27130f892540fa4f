import {
  completionTokensOf,
  promptTokensOf,
  type TokenClass,
  type TokenCounts,
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
    const prompt = promptTokensOf(usage) ?? 0
    const completion = completionTokensOf(usage) ?? 0
    this.reports += 1
    this.prompt += prompt
    this.completion += completion
    this.total += usage.statedTotal ?? prompt + completion
    addClasses(this.classes, usage)
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
    addClasses(this.classes, other.classes)
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

// Written out, because it runs for every request.
function addClasses(totals: Record<TokenClass, number>, counts: TokenCounts): void {
  totals.input += counts.input ?? 0
  totals.cacheRead += counts.cacheRead ?? 0
  totals.cacheWrite5m += counts.cacheWrite5m ?? 0
  totals.cacheWrite1h += counts.cacheWrite1h ?? 0
  totals.inputAudio += counts.inputAudio ?? 0
  totals.inputImage += counts.inputImage ?? 0
  totals.output += counts.output ?? 0
  totals.reasoning += counts.reasoning ?? 0
  totals.outputAudio += counts.outputAudio ?? 0
}
