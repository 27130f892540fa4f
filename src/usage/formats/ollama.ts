import { errorTypeIn, factsOf, finishReasonOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { createCountReader } from '../count-table.ts'
import { isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'
import { hasMembers, modelIn, parametersIn } from '../request-facts.ts'
import type { AnswerFacts, RequestFacts, RequestInHand, StreamMessage, WireFormat } from '../wire-format.ts'

/** Ollama's own API: lines of JSON, counts on the last one. Other paths of its speak OpenAI's or Anthropic's format. */
export const ollama: WireFormat = {
  name: 'ollama',
  endpoints: [
    { path: '/api/chat', operation: 'chat' },
    { path: '/api/generate', operation: 'text_completion' },
    { path: '/api/embed', operation: 'embeddings' },
    { path: '/api/embeddings', operation: 'embeddings' },
  ],
  hosts: [{ end: 'ollama.com', provider: 'ollama' }],
  defaultProvider: 'ollama',
  // Many applications have an `/api/chat` of their own.
  accepts: (request) =>
    hasMembers(request, 'model', 'messages') ||
    hasMembers(request, 'model', 'prompt') ||
    hasMembers(request, 'model', 'input'),
  readRequest,
  usageMembers: [],
  readAnswer: (answer) => readObject(answer),
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

function readRequest({ body, path }: RequestInHand): RequestFacts {
  return {
    model: modelIn(body),
    // It streams unless told not to.
    isStream: memberOf(body, 'stream') !== false && path?.startsWith('/api/embed') !== true,
    parameters: parametersIn(body, memberOf(body, 'options')),
  }
}

const rawNames = [
  ...['prompt_eval_count', 'eval_count', 'total_duration', 'load_duration', 'prompt_eval_duration', 'eval_duration'],
]

// A count of 0 is left out by Ollama, so a missing one stays unknown. Its durations tell a cold start from a slow model.
const readCounts = createCountReader(
  { input: ['prompt_eval_count'], output: ['eval_count'] },
  {
    harmless: {
      asOf: '2026-11-28',
      paths: ['total_duration', 'load_duration', 'prompt_eval_duration', 'eval_duration'],
    },
  },
)

function readObject(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  const raw = Object.fromEntries(rawNames.filter((name) => name in answer).map((name) => [name, answer[name]]))
  const { of, doubts } = readCounts(raw)
  return factsOf({
    usage: normalUsage({ ...of, doubts }),
    rawUsage: Object.keys(raw).length === 0 ? undefined : rawUsageOf(raw),
    model: textOf(answer.model),
    finishReason: finishReasonOf(answer.done_reason),
    errorType: errorTypeIn(answer),
  })
}

function readLine(facts: AnswerFacts, { data }: StreamMessage): AnswerFacts {
  return mergeFacts(facts, { ...readObject(data), isComplete: memberOf(data, 'done') === true ? true : undefined })
}
