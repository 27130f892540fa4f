import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import type { Serialized } from '@langchain/core/load/serializable'
import type { BaseMessage } from '@langchain/core/messages'
import type { LLMResult } from '@langchain/core/outputs'
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons'
import type { Usage } from '../../metadata/usage.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'
import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { countOf, firstOf, memberOf, textOf } from '../../usage/json-value.ts'
import { normalUsage } from '../../usage/normal-usage.ts'
import { thrownTypeOf } from '../attempt/error-type.ts'
import type { FrameworkStart, PlaceNames } from '../attempt/framework-runs.ts'
import { failedAnswer, type LayerAnswer, recordIfUnseen } from '../attempt/unseen-request.ts'
import { wireState } from '../attempt/wire-state.ts'
import { langchainUsageOf } from './sdk-usage.ts'

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
  readonly #modelName: string | undefined

  constructor({ modelName }: MetadataTrackingOptions = {}) {
    // Awaited, so that each is called where the program is; in the background they run in somebody else's context.
    super({ _awaitHandler: true })
    this.#modelName = modelName === 'unknown' ? undefined : modelName
    const { frameworks, recorded } = wireState()
    recorded.isWatched = true
    frameworks.askFor(currentRunId)
  }

  override handleChainStart(...[, , id, parentId, , metadata, , runName]: ChainStart): void {
    this.#start({ id, parentId, names: chainNames(metadata, runName) })
  }

  override handleChainEnd(_outputs: unknown, id: string): void {
    endNode(id)
  }

  override handleChainError(error: unknown, id: string): void {
    endNode(id, { error })
  }

  override handleToolStart(...[tool, , id, parentId, , , runName]: ToolStart): void {
    this.#start({ id, parentId, names: { tool: runName ?? textOf(tool.id.at(-1)) } })
  }

  override handleToolEnd(_output: unknown, id: string): void {
    wireState().frameworks.end(id)
  }

  override handleToolError(_error: unknown, id: string): void {
    wireState().frameworks.end(id)
  }

  override handleChatModelStart(...[, , id, parentId, extra, , metadata]: ModelStart<BaseMessage[][]>): void {
    this.#startModel({ id, parentId, extra, metadata })
  }

  override handleLLMStart(...[, , id, parentId, extra, , metadata]: ModelStart<string[]>): void {
    this.#startModel({ id, parentId, extra, metadata })
  }

  override handleLLMEnd(output: LLMResult, id: string): void {
    const run = wireState().frameworks.end(id)
    if (run !== undefined) recordIfUnseen(run, readLangchainAnswer(output))
  }

  override handleLLMError(error: unknown, id: string): void {
    const run = wireState().frameworks.end(id)
    if (run !== undefined) recordIfUnseen(run, failedAnswer(error))
  }

  #startModel({
    id,
    parentId,
    extra,
    metadata,
  }: {
    readonly id: string
    readonly parentId: string | undefined
    readonly extra: unknown
    readonly metadata: unknown
  }): void {
    const parameters = memberOf(extra, 'invocation_params')
    const names = [
      textOf(memberOf(parameters, 'model')) ?? textOf(memberOf(parameters, 'model_name')),
      textOf(memberOf(metadata, 'ls_model_name')),
    ]
    this.#start({
      id,
      parentId,
      models: names.filter((name) => name !== undefined),
      names: { model: this.#modelName === undefined ? undefined : { name: this.#modelName } },
    })
  }

  #start(start: Omit<FrameworkStart, 'place'>): void {
    wireState().frameworks.start({ ...start, place: currentOrOutsideScope() })
  }
}

// As LangChain calls them; its declarations name the last ones otherwise.
type ChainStart = [
  chain: Serialized,
  inputs: unknown,
  id: string,
  parentId?: string,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runType?: string,
  runName?: string,
]
type ToolStart = [
  tool: Serialized,
  input: string,
  id: string,
  parentId?: string,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runName?: string,
]
type ModelStart<Prompts> = [
  model: Serialized,
  prompts: Prompts,
  id: string,
  parentId?: string,
  extra?: Record<string, unknown>,
  tags?: string[],
  metadata?: Record<string, unknown>,
]

/** The run of LangChain that the caller is in. */
function currentRunId(): string | undefined {
  const config: unknown = AsyncLocalStorageProviderSingleton.getRunnableConfig()
  const callbacks = memberOf(config, 'callbacks')
  const parentRunId: unknown = Reflect.get(Object(callbacks), '_parentRunId')
  return typeof parentRunId === 'string' ? parentRunId : undefined
}

/** Two agents may have nodes of one name, as all made by `createAgent` do. */
function chainNames(metadata: unknown, runName: string | undefined): PlaceNames {
  const agent = textOf(memberOf(metadata, 'lc_agent_name'))
  const node = textOf(memberOf(metadata, 'langgraph_node'))
  const isNode = node !== undefined && node === runName && !node.startsWith('__')
  return { agent, node: isNode ? (agent === undefined ? node : `${agent}.${node}`) : undefined }
}

function endNode(id: string, failure?: { readonly error: unknown }): void {
  const run = wireState().frameworks.end(id)
  if (run?.names?.node === undefined || run.place.node !== undefined) return
  run.place.collector.record({
    type: 'node-end',
    node: run.names.node,
    nodeType: 'langgraph',
    recordId: run.place.record?.id,
    succeeded: failure === undefined,
    durationSeconds: monotonicSeconds() - run.startedAt,
    errorType: failure === undefined ? undefined : thrownTypeOf(failure.error),
  })
}

/** What LangChain tells at the end of a call to a model. */
export function readLangchainAnswer(output: unknown): LayerAnswer {
  const message = memberOf(firstOf(firstOf(memberOf(output, 'generations'))), 'message')
  const response = memberOf(message, 'response_metadata')
  const counts = memberOf(memberOf(output, 'llmOutput'), 'tokenUsage')
  return {
    status: 200,
    usage: langchainUsageOf(memberOf(message, 'usage_metadata')) ?? usageOfCounts(counts),
    upstreamModel: textOf(memberOf(response, 'model_name')) ?? textOf(memberOf(response, 'model')),
    responseId: responseIdOf(memberOf(message, 'id')) ?? responseIdOf(memberOf(response, 'id')),
    finishReason: textOf(memberOf(response, 'finish_reason')) ?? textOf(memberOf(response, 'stop_reason')),
  }
}

/** An id that LangChain made up, as it does for streams, says nothing of the answer. */
function responseIdOf(id: unknown): string | undefined {
  const text = textOf(id)
  return text === undefined || /^(run-|lc_)/.test(text) ? undefined : text
}

/** The counts of models that give no message. */
function usageOfCounts(counts: unknown): Usage | undefined {
  return normalUsage({
    input: countOf(memberOf(counts, 'promptTokens')),
    output: countOf(memberOf(counts, 'completionTokens')),
    total: countOf(memberOf(counts, 'totalTokens')),
  })
}
