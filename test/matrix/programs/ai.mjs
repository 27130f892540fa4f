import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { generateObject, generateText, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'
import { startServer } from './server.mjs'

const server = await startServer()
const openai = createOpenAI({ apiKey: 'k', baseURL: `${server.url}/v1` })
const anthropic = createAnthropic({ apiKey: 'k', baseURL: `${server.url}/v1` })
const lookup = tool({
  description: 'looks things up',
  inputSchema: z.object({ query: z.string() }),
  // A request within a tool belongs to the tool.
  execute: async () => (await generateText({ model: openai.chat('gpt-4o-mini'), prompt: 'Hi' })).text,
})
const telemetry = { isEnabled: true, functionId: 'planner' }
await generateText({
  model: openai.chat('gpt-4o-mini'),
  prompt: 'Hi',
  tools: { lookup },
  stopWhen: stepCountIs(3),
  telemetry,
  experimental_telemetry: telemetry,
})
const stream = streamText({
  model: openai.chat('gpt-4o-mini'),
  prompt: 'Hi',
  telemetry,
  experimental_telemetry: telemetry,
})
for await (const _part of stream.textStream) {
}
// Of version 6 nobody is told the name of whoever asks for an object.
const extractor = { isEnabled: true, functionId: 'extractor' }
await generateObject({
  model: openai.chat('gpt-4o-mini'),
  schema: z.object({ answer: z.string() }),
  prompt: 'Hi',
  telemetry: extractor,
  experimental_telemetry: extractor,
})
await generateText({ model: anthropic('claude-haiku-4-5'), prompt: 'Hi' })
server.close()
console.log(JSON.stringify({ served: server.served() }))
