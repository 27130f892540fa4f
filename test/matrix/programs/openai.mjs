import OpenAI from 'openai'
import { startServer } from './server.mjs'

const server = await startServer()
const client = new OpenAI({ apiKey: 'k', baseURL: `${server.url}/v1` })
const messages = [{ role: 'user', content: 'Hi' }]
await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
const options = { stream: true, stream_options: { include_usage: true } }
for await (const _chunk of await client.chat.completions.create({ model: 'gpt-4o-mini', messages, ...options })) {
}
await client.responses.create({ model: 'gpt-4o-mini', input: 'Hi' })
await client.embeddings.create({ model: 'text-embedding-3-small', input: 'Hi' })
server.close()
console.log(JSON.stringify({ served: server.served() }))
