import { errorTypeIn, factsOf, rawUsageOf, withDoubts } from '../answer-facts.ts'
import { doubtsBeside } from '../count-table.ts'
import { openaiResponses } from '../formats/openai-responses.ts'
import { readOpenaiUsage } from '../formats/openai-usage.ts'
import { isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import type { AnswerFacts } from '../wire-format.ts'
import { createLiveReader, isLiveSocket } from './gemini-live.ts'
import type { SocketMessage, SocketReader } from './socket-reader.ts'

/** A reader for a socket to this URL; undefined where nobody can read what is said there. */
export function socketReaderFor(url: URL): SocketReader | undefined {
  if (isLiveSocket(url)) return createLiveReader()
  return isReadSocket(url) ? openaiReader : undefined
}

const openaiReader: SocketReader = {
  tellingTexts: [
    ...['session.created', 'session.updated', 'response.created', '.delta"', 'response.done', 'response.completed'],
    ...['response.incomplete', 'response.failed', 'input_audio_transcription.completed'],
  ],
  read: (data) => {
    const message = readSocketMessage(data)
    return message === undefined ? [] : [message]
  },
}

/** The path of a socket of OpenAI's Realtime and Responses, on any host. */
function isReadSocket({ pathname }: URL): boolean {
  return /\/(realtime|responses)\/?$/.test(pathname)
}

/** The model that the URL of a socket names; Azure calls it a deployment. */
export function modelOfSocket({ searchParams }: URL): string | undefined {
  return textOf(searchParams.get('model')) ?? textOf(searchParams.get('deployment'))
}

/** Reads one message; undefined for one that tells nothing. */
function readSocketMessage(data: unknown): SocketMessage | undefined {
  const type = textOf(memberOf(data, 'type'))
  const response = memberOf(data, 'response')
  switch (type) {
    case undefined:
      return undefined
    case 'session.created':
    case 'session.updated':
    case 'transcription_session.created':
    case 'transcription_session.updated':
      return readSession(memberOf(data, 'session'))
    case 'response.created':
      return { type: 'start', id: textOf(memberOf(response, 'id')) }
    case 'response.done':
      return { type: 'answer', id: textOf(memberOf(response, 'id')), facts: readRealtimeResponse(response) }
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      return {
        type: 'answer',
        id: textOf(memberOf(response, 'id')),
        facts: withDoubts(
          openaiResponses.readMessage({}, { data }, {}),
          doubtsBeside(response, openaiResponses.usageMembers),
        ),
      }
    case 'conversation.item.input_audio_transcription.completed':
      return { type: 'transcript', facts: readTranscript(data) }
    default:
      return type.endsWith('.delta') && isFilled(memberOf(data, 'delta'))
        ? { type: 'token', id: textOf(memberOf(data, 'response_id')) }
        : undefined
  }
}

function readSession(session: unknown): SocketMessage {
  const transcription =
    memberOf(memberOf(memberOf(session, 'audio'), 'input'), 'transcription') ??
    memberOf(session, 'input_audio_transcription')
  return {
    type: 'session',
    model: textOf(memberOf(session, 'model')),
    transcriptionModel: textOf(memberOf(transcription, 'model')),
  }
}

/** Realtime's response: one that was cancelled, because the user spoke on, is charged for what it had used. */
function readRealtimeResponse(response: unknown): AnswerFacts {
  if (!isRecord(response)) return {}
  const { status } = response
  const facts = factsOf({
    usage: readOpenaiUsage(response.usage),
    rawUsage: rawUsageOf(response.usage),
    model: textOf(response.model),
    responseId: textOf(response.id),
    finishReason: status === 'completed' ? 'stop' : textOf(memberOf(response.status_details, 'reason')),
    errorType:
      status === 'failed' ? (errorTypeIn(response.status_details) ?? errorTypeIn(response) ?? 'failed') : undefined,
    isComplete: true,
  })
  return withDoubts(facts, doubtsBeside(response, ['usage']))
}

function readTranscript(data: unknown): AnswerFacts {
  const usage = memberOf(data, 'usage')
  return factsOf({ usage: readOpenaiUsage(usage), rawUsage: rawUsageOf(usage), isComplete: true })
}
