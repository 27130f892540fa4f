import { Agent, fetch, request } from 'undici'
import { startServer } from './server.mjs'

const server = await startServer()
const url = `${server.url}/v1/chat/completions`
const call = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }),
}
await (await fetch(url, call)).json()
await (await request(url, call)).body.json()
const dispatcher = new Agent()
await (await request(url, { ...call, dispatcher })).body.json()
await dispatcher.close()
server.close()
console.log(JSON.stringify({ served: server.served() }))
