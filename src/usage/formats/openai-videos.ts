import type { Usage } from '../../metadata/usage.ts'
import { errorTypeIn, factsOf, withDoubts } from '../answer-facts.ts'
import { doubtsBeside } from '../count-table.ts'
import { isRecord, memberOf, textOf } from '../json-value.ts'
import { parametersIn } from '../request-facts.ts'
import type { AnswerFacts, DeferredResult, RequestFacts, RequestInHand, WireFormat } from '../wire-format.ts'

/**
 * OpenAI's videos: a POST begins one, and a GET tells when it is done. They are charged by the second, by model and size.
 * Source: the `Video` of the package openai, 6.
 */
export const openaiVideos: WireFormat = {
  name: 'openai-videos',
  operation: 'video_generation',
  endpoints: [
    ...['/videos', '/videos/{}/remix', '/videos/edits', '/videos/extensions'].map((path) => ({ path, base: '/v1' })),
    { path: '/videos/{}', base: '/v1', method: 'GET', role: 'deferred-result' },
    { path: '/videos', base: '/v1', method: 'GET', role: 'deferred-result', isList: true },
  ],
  readRequest,
  usageMembers: [],
  // Only a model that makes videos tells of a job; others may use the path for anything.
  readAnswer: (video) => (isVideo(video) ? { ...readVideo(video), isDeferred: true, usage: undefined } : {}),
  readResult,
  streamFraming: 'sse',
  streamKeys: { telling: ['error'], output: [] },
  readMessage: (facts) => facts,
  isToken: () => false,
}

function readRequest({ body }: RequestInHand): RequestFacts {
  const isRemix = !isRecord(body) || body.seconds === undefined
  return {
    model: textOf(memberOf(body, 'model')) ?? (isRemix ? undefined : 'sora-2'),
    isStream: false,
    parameters: parametersIn(body),
  }
}

function isVideo(video: unknown): boolean {
  return memberOf(video, 'object') === 'video'
}

function readVideo(video: unknown): AnswerFacts {
  return factsOf({
    model: textOf(memberOf(video, 'model')),
    responseId: textOf(memberOf(video, 'id')),
    usage: usageOf(video),
  })
}

/** Seconds are a text there. */
function usageOf(video: unknown): Usage | undefined {
  const seconds = Number(memberOf(video, 'seconds'))
  const size = textOf(memberOf(video, 'size'))
  if (!(seconds > 0)) return undefined
  return {
    fees: [{ unit: 'videoSecond', quantity: seconds, ...(size === undefined ? {} : { variant: size }) }],
  }
}

/** One that failed is not charged. */
function readResult(video: unknown): DeferredResult | undefined {
  const facts = readVideo(video)
  const status = memberOf(video, 'status')
  if (!isVideo(video) || facts.responseId === undefined) return undefined
  if (status === 'completed') {
    const known = withDoubts(facts, doubtsBeside(video, []))
    return { answers: [{ id: facts.responseId, facts: known, mayBeCounted: true }] }
  }
  if (status !== 'failed') return undefined
  const failed = factsOf({ ...facts, usage: undefined, errorType: errorTypeIn(video) ?? 'failed' })
  return { answers: [{ id: facts.responseId, facts: { ...failed, usage: undefined }, mayBeCounted: true }] }
}
