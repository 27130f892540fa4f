import type { AsyncLocalStorage } from 'node:async_hooks'
import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { readAiSdkUsage } from '../../usage/index.ts'
import { memberOf, textOf } from '../../usage/json-value.ts'
import { failedAnswer, type LayerAnswer, recordIfUnseen } from '../attempt/unseen-request.ts'
import { wireState } from '../attempt/wire-state.ts'

const ids = new WeakMap<object, string>()
let count = 0

/**
 * Notes an operation of the AI SDK: `functionId` names the agent, a tool is named by its call, and a request that is sent
 * within them belongs to the innermost of each.
 */
export function startAiSdkOperation(
  message: object,
  current: AsyncLocalStorage<string | undefined>,
): string | undefined {
  const { frameworks, recorded } = wireState()
  frameworks.askFor(currentIdOf(current))
  count += 1
  const id = `ai:telemetry ${count}`
  const event = memberOf(message, 'event')
  const isModelCall = memberOf(message, 'type') === 'languageModelCall'
  const model = isModelCall ? textOf(memberOf(event, 'modelId')) : undefined
  // A model in the process sends no request: its call is recorded here, when it ends.
  if (model !== undefined) recorded.isWatched = true
  frameworks.start({
    id,
    parentId: current.getStore(),
    place: currentOrOutsideScope(),
    names: {
      agent: textOf(memberOf(event, 'functionId')),
      tool: textOf(memberOf(memberOf(event, 'toolCall'), 'toolName')),
    },
    models: model === undefined ? undefined : [model],
  })
  ids.set(message, id)
  return id
}

/** Notes the end of an operation. A call to a model is recorded where no request of it was seen. */
export function endAiSdkOperation(message: object): void {
  const id = ids.get(message)
  const run = id === undefined ? undefined : wireState().frameworks.end(id)
  // The end of a call to a model is told before that of its stream, so the request itself may not have ended yet.
  if (run?.models === undefined || run.hasSent) return
  const error: unknown = memberOf(message, 'error')
  recordIfUnseen(run, error === undefined ? answerOf(message) : failedAnswer(error))
}

function answerOf(message: object): LayerAnswer {
  const result = memberOf(message, 'result')
  const response = memberOf(result, 'response')
  const finishReason = memberOf(result, 'finishReason')
  return {
    status: 200,
    usage: readAiSdkUsage(memberOf(result, 'usage')),
    upstreamModel: textOf(memberOf(response, 'modelId')),
    responseId: textOf(memberOf(response, 'id')),
    finishReason: textOf(finishReason) ?? textOf(memberOf(finishReason, 'unified')),
    provider: textOf(memberOf(memberOf(message, 'event'), 'provider'))?.split('.')[0],
  }
}

const askers = new WeakMap<AsyncLocalStorage<string | undefined>, () => string | undefined>()

/** One function for each storage, so that it is asked once. */
function currentIdOf(current: AsyncLocalStorage<string | undefined>): () => string | undefined {
  let ask = askers.get(current)
  if (ask === undefined) {
    ask = () => current.getStore()
    askers.set(current, ask)
  }
  return ask
}
