/** A model that has not answered yet is expected to answer at this length. */
const firstAnswerTokens = 1_000

/** So many answers are needed before their spread means something. */
const leastAnswers = 3

// A tokenizer that is wrong by more than this for a model is wrong for another reason.
const [leastFactor, mostFactor] = [0.5, 4]

interface Average {
  answers: number
  mean: number
  /** Sum of the squared distances from the mean. */
  squares: number
  countedTokens: number
  promptTokens: number
}

/** What the answers of each model so far say of its next one. */
export class AnswerAverages {
  readonly #averages = new Map<string, Average>()

  /** Takes in an answer, and what its prompt had been counted as. */
  learn(
    model: string,
    answer: { readonly countedTokens?: number; readonly promptTokens?: number; readonly answerTokens?: number },
  ): void {
    const average = this.#averageOf(model)
    const { countedTokens, promptTokens, answerTokens } = answer
    if (countedTokens !== undefined && promptTokens !== undefined) {
      average.countedTokens += countedTokens
      average.promptTokens += promptTokens
    }
    if (answerTokens === undefined) return
    average.answers += 1
    const distance = answerTokens - average.mean
    average.mean += distance / average.answers
    average.squares += distance * (answerTokens - average.mean)
  }

  /** How long the next answer will hardly be more than: the mean and two deviations. */
  answerTokens(model: string): number {
    const { answers, mean, squares } = this.#averageOf(model)
    if (answers < leastAnswers) return Math.ceil(Math.max(firstAnswerTokens, mean))
    return Math.ceil(mean + 2 * Math.sqrt(squares / (answers - 1)))
  }

  /** What a count of prompt tokens is for this model, whose tokenizer may be another one. */
  promptTokens(model: string, countedTokens: number): number {
    const average = this.#averageOf(model)
    if (average.countedTokens === 0) return countedTokens
    const factor = average.promptTokens / average.countedTokens
    return Math.ceil(countedTokens * Math.min(mostFactor, Math.max(leastFactor, factor)))
  }

  #averageOf(model: string): Average {
    let average = this.#averages.get(model)
    if (average === undefined) {
      average = { answers: 0, mean: 0, squares: 0, countedTokens: 0, promptTokens: 0 }
      this.#averages.set(model, average)
    }
    return average
  }
}
