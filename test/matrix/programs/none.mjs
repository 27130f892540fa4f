// Only what is installed together is of interest here.
import { startServer } from './server.mjs'

const server = await startServer()
await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body: '{"model":"gpt-4o-mini","messages":[]}' })
server.close()
console.log(JSON.stringify({ served: server.served() }))
