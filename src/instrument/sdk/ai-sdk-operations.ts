import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { readAiSdkUsage } from '../../usage/index.ts'
import { memberOf, textOf } from '../../usage/json-value.ts'
import { type ExecutionEnd, recordExecution } from '../attempt/record-execution.ts'
import { failedAnswer, type LayerAnswer, recordIfUnseen } from '../attempt/unseen-request.ts'
import { wireState } from '../attempt/wire-state.ts'
import type { AiSdkObserver, CurrentOperation } from './ai-sdk-channel.ts'

/**
 * What is made of the operations of the AI SDK: `functionId` names the agent, a tool is named by its call, and a request
 * that is sent within them belongs to the innermost of each; both are executions of their name. A call to a model that sends no request, as to a model in the
 * process, is recorded when it ends.
 */
export function observeAiSdk(current: CurrentOperation): AiSdkObserver {
  const { frameworks, recorded } = wireState()
  const ids = new WeakMap<object, string>()
  frameworks.askFor(() => current.getStore())
  return {
    start(message) {
      const id = `ai:telemetry ${frameworks.nextNumber()}`
      const event = memberOf(message, 'event')
      const type = memberOf(message, 'type')
      const agent = textOf(memberOf(event, 'functionId'))
      const tool = textOf(memberOf(memberOf(event, 'toolCall'), 'toolName'))
      const model = type === 'languageModelCall' ? textOf(memberOf(event, 'modelId')) : undefined
      if (model !== undefined) recorded.isWatched = true
      frameworks.start({
        id,
        place: currentOrOutsideScope(),
        names: { agent, tool },
        executes: executedBy(type, { agent, tool }),
        models: model === undefined ? undefined : [model],
      })
      ids.set(message, id)
      return id
    },
    end(message) {
      const id = ids.get(message)
      const run = id === undefined ? undefined : frameworks.end(id)
      if (run !== undefined) recordExecution(run, endOf(message))
      // The end of a call to a model is told before that of its stream, so the request itself may not have ended yet.
      if (run?.models === undefined || run.hasSent) return
      const error: unknown = memberOf(message, 'error')
      recordIfUnseen(run, error === undefined ? answerOf(message) : failedAnswer(error))
    },
  }
}

/** What begins: a tool, or an agent; its steps and its calls have the agent's name too. */
function executedBy(
  type: unknown,
  { agent, tool }: { readonly agent: string | undefined; readonly tool: string | undefined },
): 'agent' | 'tool' | undefined {
  if (type === 'executeTool') return tool === undefined ? undefined : 'tool'
  return type === 'step' || type === 'languageModelCall' || agent === undefined ? undefined : 'agent'
}

function endOf(message: object): ExecutionEnd {
  const error: unknown = memberOf(message, 'error')
  if (error !== undefined) return { type: 'failed', error }
  if (memberOf(message, 'type') !== 'executeTool') return { type: 'succeeded' }
  // What a tool throws is for the model to hear: it comes as a result, unless the program keeps results from telemetry.
  const output = memberOf(memberOf(message, 'result'), 'output')
  if (output === undefined) return { type: 'ended' }
  return memberOf(output, 'type') === 'tool-error'
    ? { type: 'failed', error: memberOf(output, 'error') }
    : { type: 'succeeded' }
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
