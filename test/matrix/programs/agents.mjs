import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents'
import { z } from 'zod'
import { startServer } from './server.mjs'

setTracingDisabled(true)
const server = await startServer()
const parameters = z.object({ query: z.string() })
const lookup = tool({ name: 'lookup', description: 'looks up', parameters, execute: () => 'x' })
const agent = new Agent({ name: 'planner', instructions: 'Help', model: 'gpt-4o-mini', tools: [lookup] })
const modelProvider = new OpenAIProvider({ apiKey: 'k', baseURL: `${server.url}/v1` })
await new Runner({ modelProvider }).run(agent, 'Hi')
server.close()
console.log(JSON.stringify({ served: server.served() }))
