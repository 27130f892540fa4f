import { expect, test } from 'vitest'
import { anthropic } from './anthropic.ts'
import { mistral } from './mistral.ts'
import { askForUsage, openaiChat, openaiCompletions } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'

test('a stream that did not ask for usage asks for it, and keeps everything else', () => {
  const body = { model: 'm', stream: true, stream_options: { continuous_usage_stats: true } }
  expect(askForUsage(openaiChat, body)).toEqual({
    model: 'm',
    stream: true,
    stream_options: { continuous_usage_stats: true, include_usage: true },
  })
  expect(askForUsage(openaiCompletions, { stream: true, stream_options: null })).toEqual({
    stream: true,
    stream_options: { include_usage: true },
  })
  expect(body.stream_options).toEqual({ continuous_usage_stats: true })
})

test.each([
  ['a request that is no stream', openaiChat, { model: 'm' }],
  ['a stream that asks already', openaiChat, { stream: true, stream_options: { include_usage: true } }],
  ['a stream whose caller said no', openaiChat, { stream: true, stream_options: { include_usage: false } }],
  ['a format without the switch', openaiResponses, { stream: true }],
  ['a format that has usage anyway', anthropic, { stream: true }],
  ['a provider that sends usage unasked', mistral, { stream: true }],
  ['a body that could not be read', openaiChat, undefined],
  ['a body that is a list', openaiChat, []],
])('%s stays as it is', (_, format, body) => {
  expect(askForUsage(format, body)).toBeUndefined()
})
