import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { readAiSdkUsage } from '../../usage/index.ts'
import { memberOf, textOf } from '../../usage/json-value.ts'
import { failedAnswer, type LayerAnswer, recordIfUnseen } from '../attempt/unseen-request.ts'
import { wireState } from '../attempt/wire-state.ts'
import type { AiSdkObserver, CurrentOperation } from './ai-sdk-channel.ts'

/**
 * What is made of the operations of the AI SDK: `functionId` names the agent, a tool is named by its call, and a request
 * that is sent within them belongs to the innermost of each. A call to a model that sends no request, as to a model in the
 * process, is recorded when it ends.
 */
export function observeAiSdk(current: CurrentOperation): AiSdkObserver {
  const { frameworks, recorded } = wireState()
  const ids = new WeakMap<object, string>()
  let count = 0
  frameworks.askFor(() => current.getStore())
  return {
    start(message) {
      count += 1
      const id = `ai:telemetry ${count}`
      const event = memberOf(message, 'event')
      const model = memberOf(message, 'type') === 'languageModelCall' ? textOf(memberOf(event, 'modelId')) : undefined
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
    },
    end(message) {
      const id = ids.get(message)
      const run = id === undefined ? undefined : frameworks.end(id)
      // The end of a call to a model is told before that of its stream, so the request itself may not have ended yet.
      if (run?.models === undefined || run.hasSent) return
      const error: unknown = memberOf(message, 'error')
      recordIfUnseen(run, error === undefined ? answerOf(message) : failedAnswer(error))
    },
  }
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
