import { addDoubts, errorTypeIn, factsOf, rawUsageOf } from '../answer-facts.ts'
import { readGeminiUsage } from '../formats/gemini.ts'
import { isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import type { SocketMessage, SocketReader } from './socket-reader.ts'

// Gemini's Live, on the Gemini API and on Vertex: `…BidiGenerateContent`. Its messages are bytes of JSON. Usage stands
// beside whatever else a message has, mostly beside the end of a turn. Source: the package @google/genai 2,
// `LiveServerMessage`; ai.google.dev/api/live, "messages from the server", by the stored copies of 2026-11.

/** The path of a socket of Gemini's Live. */
export function isLiveSocket({ pathname }: URL): boolean {
  return /[./]BidiGenerateContent(Constrained)?$/.test(pathname)
}

/** Reads one conversation: each turn of the model is an answer. */
export function createLiveReader(): SocketReader {
  let isUnderWay = false
  // A turn is over whose usage has not been told.
  let isOwed = false
  let told: unknown[] = []

  const answer = (errorType?: string): readonly SocketMessage[] => {
    const usage = told.at(-1)
    const count = told.length
    isUnderWay = false
    isOwed = false
    told = []
    const doubts = count < 2 ? [] : [`the turn told its usage ${count} times, and the last alone is counted`]
    const facts = factsOf({
      usage: addDoubts(readGeminiUsage(usage), doubts),
      rawUsage: rawUsageOf(usage),
      serviceTier: textOf(memberOf(usage, 'trafficType')),
      errorType,
      isComplete: true,
    })
    return [{ type: 'answer', facts }]
  }

  return {
    isBinary: true,
    tellingTexts: ['serverContent', 'toolCall', 'usageMetadata', 'error'],
    read(message) {
      if (!isRecord(message)) return []
      const content = message.serverContent
      const parts = memberOf(memberOf(content, 'modelTurn'), 'parts')
      const messages: SocketMessage[] = []
      if (!isUnderWay && (isFilled(parts) || isRecord(message.toolCall))) {
        if (isOwed) messages.push(...answer())
        isUnderWay = true
        messages.push({ type: 'start' })
      }
      if (isFilled(parts)) messages.push({ type: 'token' })
      if (isRecord(message.usageMetadata)) told.push(message.usageMetadata)
      const errorType = errorTypeIn(message)
      const isOver = memberOf(content, 'turnComplete') === true
      // What comes after the end of a turn belongs to it.
      if (errorType !== undefined || (told.length > 0 && (isOver || !isUnderWay))) messages.push(...answer(errorType))
      else if (isOver && isUnderWay) {
        isUnderWay = false
        isOwed = true
      }
      return messages
    },
    readOwn: (message) => {
      const setup = memberOf(message, 'setup')
      const model = textOf(memberOf(setup, 'model'))
      return setup === undefined ? undefined : { type: 'session', model: model?.replace(/^.*\//, '') }
    },
    end: () => (told.length > 0 || isOwed ? answer() : []),
  }
}
