import Anthropic from '@anthropic-ai/sdk'
import { startServer } from './server.mjs'

const server = await startServer()
const client = new Anthropic({ apiKey: 'k', baseURL: server.url })
await client.messages.create({
  model: 'claude-haiku-4-5',
  max_tokens: 10,
  messages: [{ role: 'user', content: 'Hi' }],
})
server.close()
console.log(JSON.stringify({ served: server.served() }))
