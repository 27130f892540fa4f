import { monotonicSeconds } from '../../runtime/clock.ts'
import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { memberOf, textOf } from '../../usage/json-value.ts'
import { thrownTypeOf } from '../attempt/error-type.ts'
import type { FrameworkRun, FrameworkStart, PlaceNames } from '../attempt/framework-run.ts'
import { recordExecution } from '../attempt/record-execution.ts'
import { failedAnswer, recordIfUnseen } from '../attempt/unseen-request.ts'
import { wireState } from '../attempt/wire-state.ts'
import { storedUnder } from './global-slot.ts'
import { readLangchainAnswer } from './langchain-answer.ts'

/** What LangChain's callbacks tell of its runs, and what is made of it. Nothing of LangChain is loaded for it. */
export interface LangchainRuns {
  startChain(...start: ChainStart): void
  endChain(id: string, failure?: { readonly error: unknown }): void
  startTool(...start: ToolStart): void
  endTool(id: string, failure?: { readonly error: unknown }): void
  startModel(...start: ModelStart): void
  endModel(id: string, end: { readonly output: unknown } | { readonly error: unknown }): void
}

// As LangChain calls them; its declarations name the last ones otherwise.
export type ChainStart = readonly [
  chain: unknown,
  inputs: unknown,
  id: string,
  parentId?: string,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runType?: string,
  runName?: string,
]
export type ToolStart = readonly [
  tool: unknown,
  input: string,
  id: string,
  parentId?: string,
  tags?: string[],
  metadata?: Record<string, unknown>,
  runName?: string,
]
export type ModelStart = readonly [
  model: unknown,
  prompts: unknown,
  id: string,
  parentId?: string,
  extra?: Record<string, unknown>,
  tags?: string[],
  metadata?: Record<string, unknown>,
]

/** Follows the runs of LangChain; `modelName` is the key under `models`, where one is wanted. */
export function langchainRuns(modelName?: string): LangchainRuns {
  const { frameworks, recorded } = wireState()
  recorded.isWatched = true
  frameworks.askFor(currentRunId)
  const start = (run: Omit<FrameworkStart, 'place'>) => frameworks.start({ ...run, place: currentOrOutsideScope() })
  return {
    startChain(...[chain, , id, parentId, , metadata, , runName]) {
      const isGraph = lastOf(memberOf(chain, 'id')) === 'CompiledStateGraph'
      const names = chainNames(metadata, { runName, isGraph, outerAgent: agentOf(parentId) })
      start({ id, parentId, names, executes: beginsAgent(names, parentId) ? 'agent' : undefined })
    },
    endChain(id, failure) {
      const run = frameworks.end(id)
      if (run === undefined) return
      recordNode(run, failure)
      recordExecution(run, endOf(failure))
    },
    startTool(...[tool, , id, parentId, , , runName]) {
      const names = { tool: runName ?? textOf(lastOf(memberOf(tool, 'id'))) }
      start({ id, parentId, names, executes: 'tool' })
    },
    endTool(id, failure) {
      const run = frameworks.end(id)
      if (run !== undefined) recordExecution(run, endOf(failure))
    },
    startModel(...[, , id, parentId, extra, , metadata]) {
      const parameters = memberOf(extra, 'invocation_params')
      const names = [
        textOf(memberOf(parameters, 'model')) ?? textOf(memberOf(parameters, 'model_name')),
        textOf(memberOf(metadata, 'ls_model_name')),
      ]
      start({
        id,
        parentId,
        models: names.filter((name) => name !== undefined),
        names: { model: modelName === undefined ? undefined : { name: modelName } },
      })
    },
    endModel(id, end) {
      const run = frameworks.end(id)
      if (run !== undefined)
        recordIfUnseen(run, 'error' in end ? failedAnswer(end.error) : readLangchainAnswer(end.output))
    },
  }
}

const storageKey = Symbol.for('ls:tracing_async_local_storage')
const configKey = Symbol.for('lc:child_config')

/** The run of LangChain that the caller is in. */
function currentRunId(): string | undefined {
  const config: unknown = Reflect.get(Object(memberOf(storedUnder(storageKey), 'extra')), configKey)
  const parentRunId: unknown = Reflect.get(Object(memberOf(config, 'callbacks')), '_parentRunId')
  return typeof parentRunId === 'string' ? parentRunId : undefined
}

/**
 * The agent of a chain: that of `createAgent`, or a graph that was given a name, as those of other makers of agents are. What
 * is within an agent has its name too. Two agents may have nodes of one name, as all made by `createAgent` do.
 */
function chainNames(
  metadata: unknown,
  {
    runName,
    isGraph,
    outerAgent,
  }: { readonly runName: string | undefined; readonly isGraph: boolean; readonly outerAgent: string | undefined },
): PlaceNames {
  const ownName = textOf(memberOf(metadata, 'lc_agent_name'))
  const isNamedGraph = isGraph && runName !== undefined && runName !== 'LangGraph'
  // A run of an agent may have a name of its own, which says less than that of the agent.
  const agent = isNamedGraph && (ownName === undefined || ownName === outerAgent) ? runName : ownName
  const node = textOf(memberOf(metadata, 'langgraph_node'))
  const isNode = !isGraph && node !== undefined && node === runName && !node.startsWith('__')
  return { agent, node: isNode ? (agent === undefined ? node : `${agent}.${node}`) : undefined }
}

/** All runs within an agent have its name; the one that begins it is within none of that name. */
function beginsAgent({ agent }: PlaceNames, parentId: string | undefined): boolean {
  return agent !== undefined && agentOf(parentId) !== agent
}

/** The innermost agent that a run is within. */
function agentOf(id: string | undefined): string | undefined {
  const { frameworks } = wireState()
  const run = id === undefined ? undefined : frameworks.find(id)
  return run === undefined ? undefined : frameworks.namesOf(run).agent
}

function recordNode(run: FrameworkRun, failure: { readonly error: unknown } | undefined): void {
  if (run.names?.node === undefined || run.place.node !== undefined) return
  const errorType = failure === undefined ? undefined : thrownTypeOf(failure.error)
  // A run that is an agent's has its span.
  const isTraced = run.executes === undefined && run.span !== undefined ? true : undefined
  run.place.collector.recordBeside({
    type: 'node-end',
    node: run.names.node,
    nodeType: 'langgraph',
    recordId: run.place.record?.id,
    succeeded: failure === undefined,
    durationSeconds: monotonicSeconds() - run.startedAt,
    errorType,
    within: run.within,
    isTraced,
  })
}

function endOf(failure: { readonly error: unknown } | undefined) {
  return failure === undefined ? ({ type: 'succeeded' } as const) : ({ type: 'failed', ...failure } as const)
}

function lastOf(value: unknown): unknown {
  return Array.isArray(value) ? value.at(-1) : undefined
}
