export { readAnswerObject } from './answer-object.ts'
export { type AnswerReader, type AnswerReaderOptions, createAnswerReader } from './answer-reader.ts'
export { askForUsage } from './ask-for-usage.ts'
export type {
  AnswerFacts,
  AnswerHeaders,
  Framing,
  RequestFacts,
  RequestInHand,
  StreamKeys,
  StreamMessage,
  WireFormat,
} from './parser.ts'
export { type RateLimit, readRateLimit, readRetryInfo } from './rate-limit.ts'
export { mightBeModelEndpoint, wireFormatNamed, wireFormatOf, wireFormats } from './registry.ts'
export { createUsageChunkFilter, type UsageChunkFilter } from './usage-chunk-filter.ts'
export { readWholeAnswer, readWholeJson } from './whole-answer.ts'
