import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import type { LLMResult } from '@langchain/core/outputs'
import {
  type ChainStart,
  type LangchainRuns,
  langchainRuns,
  type ModelStart,
  type ToolStart,
} from './langchain-runs.ts'

export interface MetadataTrackingOptions {
  /** The key under `models`; the name that the model has at the wire by default. */
  readonly modelName?: string
}

/**
 * A callback for LangChain's models, chains, agents and graphs: it says to which node, agent and tool a request belongs,
 * and records a call itself only where no request of it was seen, as of a model in the process. LangGraph's nodes are
 * nodes of the run, unless the program has named the place with a node of its own.
 *
 * @example
 * await agent.invoke(input, { callbacks: [new MetadataTrackingCallback({ modelName: 'gpt-4o' })] })
 */
export class MetadataTrackingCallback extends BaseCallbackHandler {
  readonly name = 'sygra'
  readonly #runs: LangchainRuns

  constructor({ modelName }: MetadataTrackingOptions = {}) {
    // Awaited, so that each is called where the program is; in the background they run in somebody else's context.
    super({ _awaitHandler: true })
    this.#runs = langchainRuns(modelName === 'unknown' ? undefined : modelName)
  }

  override handleChainStart(...start: [...ChainStart]): void {
    this.#runs.startChain(...start)
  }

  override handleChainEnd(_outputs: unknown, id: string): void {
    this.#runs.endChain(id)
  }

  override handleChainError(error: unknown, id: string): void {
    this.#runs.endChain(id, { error })
  }

  override handleToolStart(...start: [...ToolStart]): void {
    this.#runs.startTool(...start)
  }

  override handleToolEnd(_output: unknown, id: string): void {
    this.#runs.endTool(id)
  }

  override handleToolError(error: unknown, id: string): void {
    this.#runs.endTool(id, { error })
  }

  override handleChatModelStart(...start: [...ModelStart]): void {
    this.#runs.startModel(...start)
  }

  override handleLLMStart(...start: [...ModelStart]): void {
    this.#runs.startModel(...start)
  }

  override handleLLMEnd(output: LLMResult, id: string): void {
    this.#runs.endModel(id, { output })
  }

  override handleLLMError(error: unknown, id: string): void {
    this.#runs.endModel(id, { error })
  }
}
