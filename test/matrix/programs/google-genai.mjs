import { GoogleGenAI } from '@google/genai'
import { startServer } from './server.mjs'

const server = await startServer()
const client = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: server.url } })
await client.models.generateContent({ model: 'gemini-2.5-flash', contents: 'Hi' })
for await (const _chunk of await client.models.generateContentStream({ model: 'gemini-2.5-flash', contents: 'Hi' })) {
}
server.close()
console.log(JSON.stringify({ served: server.served() }))
// Some versions keep a timer.
process.exit(0)
