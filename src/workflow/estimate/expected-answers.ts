import { maxAnswerTokensOf } from '../limits/estimate-request.ts'
import type { ModelClient } from '../models/model-call.ts'
import { givesMedia } from '../models/model-purpose.ts'
import type { AskedNode } from './asked-nodes.ts'
import type { PastNode } from './past-answers.ts'

/** Where the expected length of an answer comes from; `made` of images, speech and transcripts, which have a measure of their own. */
export type AnswerBasis =
  | { readonly type: 'past'; readonly runs: number }
  | { readonly type: 'assumed' | 'max-tokens' | 'made' }

/** How long an answer is expected to be, and how long it may be. */
export interface ExpectedAnswer {
  readonly tokens: number
  readonly basis: AnswerBasis
  /** Undefined where nothing limits it. */
  readonly most: number | undefined
}

/** How long the answers of nodes are expected to be: as in earlier runs, else as assumed; never longer than allowed. */
export class ExpectedAnswers {
  readonly #past: ReadonlyMap<string, PastNode>
  readonly #assumedTokens: number
  readonly #nodes: ReadonlyMap<string, AskedNode>

  constructor(options: {
    readonly nodes: readonly AskedNode[]
    readonly past: ReadonlyMap<string, PastNode>
    readonly assumedTokens: number
  }) {
    this.#past = options.past
    this.#assumedTokens = options.assumedTokens
    this.#nodes = new Map(options.nodes.map((node) => [node.name, node]))
  }

  ofModel(node: AskedNode, client: ModelClient): ExpectedAnswer {
    // They are no text in later prompts, but for transcripts.
    if (givesMedia(client.purpose) && client.purpose !== 'speaking-chat') {
      return { tokens: 0, basis: { type: 'made' }, most: undefined }
    }
    const most = maxAnswerTokensOf(client.parameters)
    const past = this.#past.get(node.name)
    if (past !== undefined) return { tokens: past.answerTokens, basis: { type: 'past', runs: past.runs }, most }
    if (most !== undefined && most <= this.#assumedTokens) return { tokens: most, basis: { type: 'max-tokens' }, most }
    return { tokens: this.#assumedTokens, basis: { type: 'assumed' }, most }
  }

  /** Of a node as later prompts hold it: the answers of all its models. */
  ofNode(name: string): number {
    return this.#sum(name, ({ tokens }) => tokens)
  }

  longestOfNode(name: string): number {
    return this.#sum(name, ({ tokens, most }) => most ?? tokens)
  }

  /** How many answers of each of its models a record needs: one, unless earlier runs say otherwise. */
  perRecord(name: string): number {
    const models = this.#nodes.get(name)?.models.length ?? 1
    return (this.#past.get(name)?.answersPerRecord ?? models) / models
  }

  /** How long a prompt of the node was in earlier runs; undefined where there were none. */
  pastPromptTokens(name: string): number | undefined {
    return this.#past.get(name)?.promptTokens
  }

  #sum(name: string, tokensOf: (answer: ExpectedAnswer) => number): number {
    const node = this.#nodes.get(name)
    if (node === undefined) return 0
    return node.models.reduce((sum, { client }) => sum + tokensOf(this.ofModel(node, client)), 0)
  }
}
