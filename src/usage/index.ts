export { readAnswerObject } from './answer-object.ts'
export { mightBeModelEndpoint } from './endpoints/model-endpoint.ts'
export { readAiSdkUsage } from './formats/ai-gateway.ts'
export { askForUsage } from './formats/openai-chat.ts'
export { imageVariantOf } from './formats/openai-images.ts'
export { type RateLimit, readRateLimit, readRetryInfo } from './rate-limit.ts'
export {
  acceptedEndpoint,
  endpointOf,
  type KnownEndpoint,
  providerOfHost,
  readRequestFacts,
  wireFormatNamed,
  wireFormatOf,
  wireFormats,
} from './registry.ts'
export {
  type AnswerReader,
  type AnswerReaderOptions,
  createAnswerReader,
  readAnswerHeaders,
  readWholeAnswer,
  readWholeJson,
} from './streams/answer-reader.ts'
export { createUsageChunkFilter, type UsageChunkFilter } from './streams/usage-chunk-filter.ts'
export type {
  AnswerFacts,
  AnswerHeaders,
  DeferredAnswer,
  DeferredResult,
  Endpoint,
  EndpointRole,
  Framing,
  RequestFacts,
  RequestInHand,
  StreamKeys,
  StreamMessage,
  WireFormat,
} from './wire-format.ts'
