import { errorTypeIn } from './error-type.ts'
import { factsOf, mergeFacts } from './facts.ts'
import { countOf, isFilled, isRecord, memberOf, textOf } from './json-value.ts'
import { normalUsage } from './normal-usage.ts'
import type { AnswerFacts, RequestFacts, RequestInHand, StreamMessage, WireFormat } from './parser.ts'
import { rawUsageOf } from './raw-usage.ts'
import { hasMembers, modelIn, parametersIn, pathOf } from './request.ts'

/** Ollama's own API: lines of JSON, counts on the last one. Other paths of its speak OpenAI's or Anthropic's format. */
export const ollama: WireFormat = {
  name: 'ollama',
  matches: (url) => /\/api\/(chat|generate|embed)$/.test(pathOf(url)),
  // Many applications have an `/api/chat` of their own.
  accepts: (request) =>
    hasMembers(request, 'model', 'messages') ||
    hasMembers(request, 'model', 'prompt') ||
    hasMembers(request, 'model', 'input'),
  provider: () => 'ollama',
  readRequest,
  readAnswer: readObject,
  streamFraming: 'ndjson',
  streamKeys: { telling: ['done', 'error'], output: ['content', 'response', 'thinking', 'tool_calls'] },
  readMessage: readLine,
  isToken: ({ data }) => {
    const message = memberOf(data, 'message') ?? data
    return (
      isFilled(memberOf(message, 'content')) ||
      isFilled(memberOf(message, 'response')) ||
      isFilled(memberOf(message, 'thinking')) ||
      isFilled(memberOf(message, 'tool_calls'))
    )
  },
}

function readRequest({ url, body }: RequestInHand): RequestFacts {
  return {
    model: modelIn(body),
    // It streams unless told not to.
    isStream: memberOf(body, 'stream') !== false && !pathOf(url).endsWith('/embed'),
    parameters: parametersIn(body, memberOf(body, 'options')),
  }
}

const rawNames = [
  ...['prompt_eval_count', 'eval_count', 'total_duration', 'load_duration', 'prompt_eval_duration', 'eval_duration'],
]

function readObject(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  // A count of 0 is left out by Ollama, so a missing one stays unknown.
  const usage = normalUsage({ input: countOf(answer.prompt_eval_count), output: countOf(answer.eval_count) })
  const raw = Object.fromEntries(rawNames.filter((name) => name in answer).map((name) => [name, answer[name]]))
  return factsOf({
    usage,
    // Its durations, in nanoseconds, tell a cold start from a slow model.
    rawUsage: Object.keys(raw).length === 0 ? undefined : rawUsageOf(raw),
    model: textOf(answer.model),
    finishReason: textOf(answer.done_reason),
    errorType: errorTypeIn(answer),
  })
}

function readLine(facts: AnswerFacts, { data }: StreamMessage): AnswerFacts {
  return mergeFacts(facts, { ...readObject(data), isComplete: memberOf(data, 'done') === true ? true : undefined })
}
