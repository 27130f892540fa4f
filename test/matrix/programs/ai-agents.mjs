// 200 agents at once, each with a tool within which another agent asks: each token must be in its own agent.
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'
import { startServer } from './server.mjs'

const server = await startServer()
const model = createOpenAI({ apiKey: 'k', baseURL: `${server.url}/v1` }).chat('gpt-4o-mini')
const inputSchema = z.object({ query: z.string() })

const named = (functionId) => ({ telemetry: { functionId }, experimental_telemetry: { functionId } })

async function askWithin(index) {
  const stream = streamText({ model, prompt: 'Hi', ...named(`inner-${index}`) })
  for await (const _part of stream.textStream) {
  }
  return 'x'
}

await Promise.all(
  Array.from({ length: 200 }, (_, index) =>
    generateText({
      model,
      prompt: 'Hi',
      tools: { lookup: tool({ description: 'looks up', inputSchema, execute: () => askWithin(index) }) },
      stopWhen: stepCountIs(3),
      ...named(`outer-${index}`),
    }),
  ),
)
server.close()
console.log(JSON.stringify({ served: server.served() }))
