import { encodeEventStream, type Frame } from './event-stream.ts'

/** What Converse answers. */
export const converseAnswer = {
  output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 44, outputTokens: 92, totalTokens: 136 },
  metrics: { latencyMs: 12 },
}

const converseFrames: readonly Frame[] = [
  { event: 'messageStart', data: { role: 'assistant' } },
  { event: 'contentBlockDelta', data: { contentBlockIndex: 0, delta: { text: 'Hel' } } },
  { event: 'contentBlockDelta', data: { contentBlockIndex: 0, delta: { text: 'lo' } } },
  { event: 'contentBlockStop', data: { contentBlockIndex: 0 } },
  { event: 'messageStop', data: { stopReason: 'end_turn' } },
  { event: 'metadata', data: { usage: converseAnswer.usage, metrics: { latencyMs: 12 } } },
]

/** The frames of ConverseStream; only the first so many when told. */
export function converseStream(count = converseFrames.length): Uint8Array {
  return encodeEventStream(converseFrames.slice(0, count))
}

/** What InvokeModel answers for Claude. */
export const invokeAnswer = {
  id: 'msg_bdrk_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-3-5-sonnet-20240620',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 44, output_tokens: 92 },
}

/** The frames of InvokeModelWithResponseStream for Claude. */
export function invokeStream(): Uint8Array {
  const begun = { ...invokeAnswer, content: [], stop_reason: null, usage: { input_tokens: 44, output_tokens: 1 } }
  const metrics = { inputTokenCount: 44, outputTokenCount: 92, invocationLatency: 12, firstByteLatency: 5 }
  return encodeEventStream([
    { chunk: { type: 'message_start', message: begun } },
    { chunk: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } } },
    { chunk: { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 92 } } },
    { chunk: { type: 'message_stop', 'amazon-bedrock-invocationMetrics': metrics } },
  ])
}
