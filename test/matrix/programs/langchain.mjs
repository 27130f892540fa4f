import { tool } from '@langchain/core/tools'
import { createReactAgent } from '@langchain/langgraph/prebuilt'
import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'
import { startServer } from './server.mjs'

const server = await startServer()
const llm = new ChatOpenAI({ model: 'gpt-4o-mini', apiKey: 'k', configuration: { baseURL: `${server.url}/v1` } })
const lookup = tool(() => 'x', { name: 'lookup', description: 'looks up', schema: z.object({ query: z.string() }) })
const agent = createReactAgent({ llm, tools: [lookup], name: 'planner' })
await agent.invoke({ messages: [{ role: 'user', content: 'Hi' }] })
server.close()
console.log(JSON.stringify({ served: server.served() }))
