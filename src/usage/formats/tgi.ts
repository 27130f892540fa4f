import type { Usage } from '../../metadata/usage.ts'
import { errorTypeIn, factsOf, finishReasonOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { createCountReader } from '../count-table.ts'
import { countOf, firstOf, isRecord, memberOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'
import { hasMembers, modelIn, parametersIn } from '../request-facts.ts'
import type {
  AnswerContext,
  AnswerFacts,
  AnswerHeaders,
  HostRule,
  RequestFacts,
  RequestInHand,
  StreamMessage,
  WireFormat,
} from '../wire-format.ts'

const hosts: readonly HostRule[] = [
  { end: 'router.huggingface.co', provider: ({ pathname }) => routedProvider(pathname) },
  { end: '.huggingface.cloud', provider: 'huggingface' },
  { end: '.huggingface.co', provider: 'huggingface' },
]

/** The router has one path for each provider behind it, `/groq/openai/v1/…`, and prices differ. */
function routedProvider(path: string): string {
  const first = path.split('/')[1]
  const isOwn = first === undefined || first === '' || first === 'v1' || first === 'hf-inference'
  return isOwn ? 'huggingface' : `huggingface_${first}`
}

/**
 * Hugging Face's text generation server: `/generate` counts in headers, always, and in `details` when asked for; a stream
 * counts in the `details` of its last event, and without them by its events, one for each token. Its chat is OpenAI's.
 */
export const tgi: WireFormat = {
  name: 'tgi',
  operation: 'text_completion',
  endpoints: [{ path: '/generate' }, { path: '/generate_stream' }],
  hosts,
  defaultProvider: 'tgi',
  accepts: (request) => hasMembers(request, 'inputs'),
  readRequest,
  readHeaders,
  usageMembers: [],
  readAnswer,
  streamFraming: 'sse',
  streamKeys: { telling: ['generated_text', 'details', 'error'], output: ['token'] },
  readMessage: readEvent,
  isToken: ({ data }) => isRecord(memberOf(data, 'token')),
  settle: countTokens,
}

/**
 * The same at the root of a server, where its older clients send everything. A root says nothing of what it serves, so
 * only the hosts of Hugging Face are taken for one; elsewhere a program chooses this format itself.
 */
export const tgiRoot: WireFormat = {
  ...tgi,
  name: 'tgi-root',
  endpoints: [{ path: '/' }, { path: '/models/{model+}' }],
  isOfItsHostsOnly: true,
}

function readRequest({ body, path, pathModel }: RequestInHand): RequestFacts {
  return {
    // A server of this kind serves one model, and tells nobody which.
    model: modelIn(body) ?? pathModel ?? 'tgi',
    isStream: path === '/generate_stream' || memberOf(body, 'stream') === true,
    parameters: parametersIn(memberOf(body, 'parameters')),
  }
}

const countHeaders = [
  ...['prompt-tokens', 'generated-tokens', 'total-time', 'validation-time', 'queue-time', 'inference-time'],
  ...['time-per-token', 'compute-time', 'compute-characters'],
]

function readHeaders(headers: AnswerHeaders): AnswerFacts {
  const raw: Record<string, number> = {}
  for (const name of countHeaders) {
    const value = headers.get(`x-${name}`)
    if (value !== null && /^\d{1,15}(\.\d+)?$/.test(value)) raw[name] = Number(value)
  }
  return factsOf({
    usage: usageOfHeaders(raw),
    rawUsage: Object.keys(raw).length === 0 ? undefined : raw,
  })
}

const readHeaderCounts = createCountReader(
  { input: ['prompt-tokens'], output: ['generated-tokens'] },
  { harmless: { asOf: '2026-11-28', paths: countHeaders.filter((name) => !name.endsWith('-tokens')) } },
)

function usageOfHeaders(raw: Readonly<Record<string, number>>): Usage | undefined {
  const { of, doubts } = readHeaderCounts(raw)
  return normalUsage({ ...of, doubts })
}

function readAnswer(answer: unknown, { known }: AnswerContext = {}): AnswerFacts {
  // The root of the server wraps its one answer in a list.
  const generation = Array.isArray(answer) ? answer[0] : answer
  const details = memberOf(generation, 'details')
  return factsOf({
    usage: withKnown(readDetails(details), known?.usage),
    rawUsage: known?.rawUsage ?? rawDetailsOf(details),
    finishReason: finishReasonOf(memberOf(details, 'finish_reason')),
    errorType: errorTypeIn(generation),
  })
}

function readEvent(facts: AnswerFacts, { data }: StreamMessage): AnswerFacts {
  if (!isRecord(data)) return facts
  const isLast = typeof data.generated_text === 'string'
  return mergeFacts(facts, {
    usage: withKnown(readDetails(data.details), facts.usage),
    rawUsage: rawDetailsOf(data.details),
    finishReason: finishReasonOf(memberOf(data.details, 'finish_reason')),
    errorType: errorTypeIn(data),
    isComplete: isLast ? true : undefined,
  })
}

/** With `best_of`, every sequence was generated, not only the best one. */
function readDetails(details: unknown): Usage | undefined {
  const prefill = memberOf(details, 'prefill')
  const sequences = memberOf(details, 'best_of_sequences')
  const generated = countOf(memberOf(details, 'generated_tokens'))
  const others = Array.isArray(sequences)
    ? sequences.reduce<number>((sum, sequence) => sum + (countOf(memberOf(sequence, 'generated_tokens')) ?? 0), 0)
    : 0
  return normalUsage({
    input:
      countOf(memberOf(details, 'input_length')) ?? (firstOf(prefill) === undefined ? undefined : lengthOf(prefill)),
    output: generated === undefined ? undefined : generated + others,
  })
}

/** The details without their tokens, whose texts are the answer. */
function rawDetailsOf(details: unknown): unknown {
  if (!isRecord(details)) return undefined
  const { finish_reason, generated_tokens, input_length, seed } = details
  return rawUsageOf({ finish_reason, generated_tokens, input_length, seed })
}

function withKnown(usage: Usage | undefined, known: Usage | undefined): Usage | undefined {
  return usage === undefined ? known : { ...known, ...usage }
}

function countTokens(facts: AnswerFacts): AnswerFacts {
  if (facts.usage?.output !== undefined || !facts.outputChunks) return facts
  return { ...facts, usage: { ...facts.usage, output: facts.outputChunks } }
}

function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined
}
