import type { Usage } from '../../metadata/usage.ts'
import { mergeFacts } from '../answer-facts.ts'
import { isFilled, isRecord, memberOf } from '../json-value.ts'
import { hasMembers } from '../request-facts.ts'
import type { AnswerContext, AnswerFacts, RequestFacts, RequestInHand, WireFormat } from '../wire-format.ts'
import { readChatFacts, readOpenaiRequest } from './openai-chat.ts'

/**
 * OpenAI's transcriptions and translations, and those of Azure, Groq and Mistral. The model is a field of a form. Newer
 * models count tokens, the others seconds; an answer in plain text counts nothing.
 */
export const openaiTranscriptions: WireFormat = {
  name: 'openai-transcriptions',
  operation: 'transcription',
  endpoints: [{ path: '/audio/transcriptions' }, { path: '/audio/translations' }],
  readRequest: (request) => ({ ...readOpenaiRequest(request), isStream: isYes(memberOf(request.body, 'stream')) }),
  usageMembers: ['usage'],
  mayAnswerOtherwise: true,
  readAnswer: readTranscription,
  streamFraming: 'sse',
  streamKeys: { telling: ['usage', 'error'], tellingValues: ['transcript.text.done'], output: ['delta'] },
  readMessage: (facts, { data }, context) => {
    const isEnd = memberOf(data, 'type') === 'transcript.text.done'
    return mergeFacts(facts, { ...readTranscription(data, context), isComplete: isEnd ? true : undefined })
  },
  isToken: ({ data }) => isFilled(memberOf(data, 'delta')),
}

/** The fields of a form are texts, unless whoever read it knows better. */
function isYes(value: unknown): boolean {
  return value === true || value === 'true'
}

function readTranscription(answer: unknown, context: AnswerContext = {}): AnswerFacts {
  const facts = readChatFacts(answer, context)
  const duration = memberOf(answer, 'duration')
  if (facts.usage !== undefined || typeof duration !== 'number' || !(duration > 0)) return facts
  return { ...facts, usage: { fees: [{ unit: 'audioSecond', quantity: duration }] } }
}

/**
 * OpenAI's speech: the answer is sound, which counts nothing. Older models are charged by the characters of the text that
 * was asked for; newer ones count tokens in the last event of a stream, and nowhere else.
 */
export const openaiSpeech: WireFormat = {
  name: 'openai-speech',
  operation: 'speech',
  endpoints: [{ path: '/audio/speech' }],
  accepts: (request) => hasMembers(request, 'input'),
  readRequest: readSpeechRequest,
  usageMembers: ['usage'],
  mayAnswerOtherwise: true,
  readAnswer: (answer, context) => readChatFacts(answer, context),
  streamFraming: 'sse',
  streamKeys: { telling: ['usage', 'error'], tellingValues: ['speech.audio.done'], output: ['audio'] },
  readMessage: (facts, { data }, context) => {
    const isEnd = memberOf(data, 'type') === 'speech.audio.done'
    return mergeFacts(facts, { ...readChatFacts(data, context), isComplete: isEnd ? true : undefined })
  },
  isToken: ({ data }) => isFilled(memberOf(data, 'audio')),
}

function readSpeechRequest(request: RequestInHand): RequestFacts {
  const facts = readOpenaiRequest(request)
  const isStream = memberOf(request.body, 'stream_format') === 'sse'
  return { ...facts, isStream, usage: charactersOf(facts.model, request.body) }
}

function charactersOf(model: string | undefined, body: unknown): Usage | undefined {
  const text = isRecord(body) ? body.input : undefined
  if (typeof text !== 'string' || model?.startsWith('gpt-') === true) return undefined
  return { fees: [{ unit: 'character', quantity: [...text].length }] }
}
