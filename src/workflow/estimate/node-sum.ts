import { picodollarsPerUsd } from '../../metadata/cost.ts'
import { completionTokensOf, promptTokensOf } from '../../metadata/usage.ts'
import { priceRequest } from '../../pricing/index.ts'
import { nowMs } from '../../runtime/clock.ts'
import { takesBatches } from '../batches/batch-services.ts'
import { chargedUsage, mediaUsagesOf } from '../limits/media-usage.ts'
import { firstUrlOf, type PricePlace, priceQueryOf, whyUnpriced } from '../limits/model-prices.ts'
import { isChat } from '../models/model-purpose.ts'
import type { AskedModel, AskedNode } from './asked-nodes.ts'
import type { AnswerBasis, ExpectedAnswers } from './expected-answers.ts'
import type { CountedPrompt } from './prompt-counter.ts'

/** What the requests of one node to one model are expected to be. */
export interface NodeEstimate {
  readonly node: string
  readonly model: string
  readonly requests: number
  readonly promptTokens: number
  readonly answerTokens: number
  readonly basis: AnswerBasis
  readonly usd: number
  /** With every answer as long as `max_tokens` allows; undefined where nothing limits this answer. */
  readonly mostUsd: number | undefined
  /** The same handed in as batches; undefined where it cannot be. */
  readonly batchUsd?: number | undefined
  /** Why there is no price; undefined when there is one, or it costs nothing. */
  readonly unpriced: string | undefined
}

// Of English.
const charactersPerToken = 4

/** Adds up the requests of one node to one model, record by record. */
export class NodeSum {
  readonly #node: AskedNode
  readonly #model: AskedModel
  readonly #answers: ExpectedAnswers
  readonly #place: PricePlace
  readonly #prompts: CountedPrompt[] = []

  constructor(options: {
    readonly node: AskedNode
    readonly model: AskedModel
    readonly answers: ExpectedAnswers
    readonly place: PricePlace
  }) {
    this.#node = options.node
    this.#model = options.model
    this.#answers = options.answers
    this.#place = { ...options.place, url: firstUrlOf(options.model.client) }
  }

  /** Adds the requests for one record. */
  add(prompt: CountedPrompt): void {
    this.#prompts.push(prompt)
  }

  estimate(): NodeEstimate {
    const { client } = this.#model
    const { name } = this.#node
    if (!isChat(client.purpose)) return this.#madeEstimate()
    const answer = this.#answers.ofModel(this.#node, client)
    const times = this.#answers.perRecord(name)
    const inputs = this.#inputsWith((node) => this.#answers.ofNode(node))
    const longInputs = this.#inputsWith((node) => this.#answers.longestOfNode(node))
    const usdOfAll = (tokens: readonly number[], output: number, tier?: string) =>
      times * tokens.reduce((sum, input) => sum + this.#usdOf(input, output, tier), 0)
    return {
      node: name,
      model: client.identity.name,
      requests: times * inputs.length,
      promptTokens: times * inputs.reduce((sum, input) => sum + input, 0),
      answerTokens: times * inputs.length * answer.tokens,
      basis: answer.basis,
      usd: usdOfAll(inputs, answer.tokens),
      mostUsd: answer.most === undefined ? undefined : usdOfAll(longInputs, answer.most),
      batchUsd: this.#isBatchable() ? usdOfAll(inputs, answer.tokens, 'batch') : undefined,
      unpriced: whyUnpriced(client, this.#place),
    }
  }

  /** Of images, speech and transcripts: by what their price counts. */
  #madeEstimate(): NodeEstimate {
    const { client } = this.#model
    const { name } = this.#node
    const query = priceQueryOf(client, this.#place)
    const times = this.#answers.perRecord(name)
    let [promptTokens, answerTokens, picodollars] = [0, 0, 0]
    for (const { media, answers } of this.#prompts) {
      if (media === undefined) continue
      let textTokens = media.textTokens
      for (const [node, share] of answers) textTokens += share * this.#answers.ofNode(node)
      const added = textTokens - media.textTokens
      const measure = { ...media, textTokens, characters: media.characters + Math.round(added * charactersPerToken) }
      const charged = chargedUsage(mediaUsagesOf(client, measure), query)
      if (charged === undefined) continue
      picodollars += charged.cost.picodollars
      promptTokens += promptTokensOf(charged.usage) ?? 0
      answerTokens += completionTokensOf(charged.usage) ?? 0
    }
    return {
      node: name,
      model: client.identity.name,
      requests: times * this.#prompts.length,
      promptTokens: times * promptTokens,
      answerTokens: times * answerTokens,
      basis: { type: 'made' },
      usd: (times * picodollars) / picodollarsPerUsd,
      mostUsd: undefined,
      unpriced: whyUnpriced(client, this.#place),
    }
  }

  /** Tokens of the prompts with earlier answers in them: no fewer on average than in earlier runs, in which loops made them grow. */
  #inputsWith(tokensOf: (node: string) => number): readonly number[] {
    const inputs = this.#prompts.map(({ tokens, answers }) => {
      let input = tokens + this.#model.fixedTokens
      for (const [node, share] of answers) input += share * tokensOf(node)
      return input
    })
    const mean = inputs.reduce((sum, input) => sum + input, 0) / Math.max(1, inputs.length)
    const growth = Math.max(0, (this.#answers.pastPromptTokens(this.#node.name) ?? 0) - mean)
    return inputs.map((input) => input + growth)
  }

  /** An agent asks step by step, and a node may have said no. */
  #isBatchable(): boolean {
    const { mayCallTools, isBatched } = this.#node.questions
    return !mayCallTools && isBatched !== false && takesBatches(this.#model.client)
  }

  #usdOf(input: number, output: number, serviceTier?: string): number {
    const query = { ...priceQueryOf(this.#model.client, this.#place), serviceTier }
    const usage = { input: Math.round(input), output: Math.round(output) }
    return priceRequest({ ...query, usage, at: nowMs() }).picodollars / picodollarsPerUsd
  }
}
