// A model that costs nothing: answers chat completions, whole or in 500 chunks, after as many milliseconds as it is told, and
// swallows whatever else is posted. Runs in a process of its own, so that its CPU is not counted.
import { createServer } from 'node:http'

const chunks = 500
const delayMs = Number(process.argv[2] ?? 0)
const usage = { prompt_tokens: 440, completion_tokens: 500, total_tokens: 940 }
const head = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o-mini-2024-07-18' }
const message = { role: 'assistant', content: 'word '.repeat(chunks) }
const whole = JSON.stringify({ ...head, choices: [{ index: 0, message, finish_reason: 'stop' }], usage })
const chunk = `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta: { content: 'word ' }, finish_reason: null }] })}\n\n`
const last = `data: ${JSON.stringify({ ...head, choices: [], usage })}\n\ndata: [DONE]\n\n`

const server = createServer(async (request, response) => {
  let body = ''
  for await (const part of request) body += part
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
  if (!request.url.endsWith('/chat/completions')) {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    return
  }
  if (!body.includes('"stream":true')) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(whole)
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  // Each chunk in a write of its own, as a model sends them.
  for (let index = 0; index < chunks; index += 1) {
    response.write(chunk)
    if (index % 10 === 9) await new Promise((resolve) => setImmediate(resolve))
  }
  response.end(last)
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
