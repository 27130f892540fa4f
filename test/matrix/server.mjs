// A model server for the programs of the matrix: chat completions, Responses, messages of Anthropic and Gemini, whole or as
// a stream. Offered a tool it calls it once. Each answer costs 44 tokens in and 92 out.
import { createServer } from 'node:http'

const usage = { prompt_tokens: 44, completion_tokens: 92, total_tokens: 136 }

export async function startServer() {
  let served = 0
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      served += 1
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}')
      answer(request.url ?? '', body, response, served)
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    served: () => served,
    close: () => server.close(),
  }
}

function answer(url, body, response, index) {
  if (url.includes('generateContent') || url.includes('GenerateContent')) return sendGemini(response, url)
  if (url.endsWith('/messages')) return sendJson(response, anthropicAnswer(index))
  if (url.endsWith('/responses')) return sendJson(response, responsesAnswer(body, index))
  if (url.endsWith('/embeddings')) {
    const embedding = { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }] }
    return sendJson(response, {
      ...embedding,
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 44, total_tokens: 44 },
    })
  }
  if (body.stream === true) return sendChatStream(response, index)
  sendJson(response, chatAnswer(body, index))
}

function sendJson(response, value) {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

function chatAnswer(body, index) {
  const wantsTool = body.tools?.length > 0 && !body.messages.some(({ role }) => role === 'tool')
  const name = body.tools?.[0]?.function?.name
  const toolCall = { id: `call-${index}`, type: 'function', function: { name, arguments: '{"query":"x"}' } }
  const message = wantsTool
    ? { role: 'assistant', content: null, tool_calls: [toolCall] }
    : { role: 'assistant', content: body.response_format?.type === 'json_schema' ? '{"answer":"x"}' : 'Hello' }
  const choice = { index: 0, message, finish_reason: wantsTool ? 'tool_calls' : 'stop' }
  const head = { id: `chatcmpl-${index}`, object: 'chat.completion', created: 1, model: 'gpt-4o-mini-2024-07-18' }
  return { ...head, choices: [choice], usage }
}

function sendChatStream(response, index) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const head = { id: `chatcmpl-${index}`, object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini-2024-07-18' }
  const send = (part) => response.write(`data: ${JSON.stringify({ ...head, ...part })}\n\n`)
  send({ choices: [{ index: 0, delta: { role: 'assistant', content: 'Hel' }, finish_reason: null }] })
  send({ choices: [{ index: 0, delta: { content: 'lo' }, finish_reason: 'stop' }] })
  send({ choices: [], usage })
  response.end('data: [DONE]\n\n')
}

function responsesAnswer(body, index) {
  const wantsTool = body.tools?.length > 0 && !JSON.stringify(body.input).includes('function_call_output')
  const text = { type: 'output_text', text: 'Hello', annotations: [] }
  const message = { id: `msg-${index}`, type: 'message', role: 'assistant', status: 'completed', content: [text] }
  const toolCall = {
    id: `fc-${index}`,
    type: 'function_call',
    call_id: `call-${index}`,
    name: body.tools?.[0]?.name,
    arguments: '{"query":"x"}',
    status: 'completed',
  }
  const details = { input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } }
  return {
    id: `resp-${index}`,
    object: 'response',
    created_at: 1,
    status: 'completed',
    model: 'gpt-4o-mini-2024-07-18',
    output: [wantsTool ? toolCall : message],
    usage: { input_tokens: 44, output_tokens: 92, total_tokens: 136, ...details },
  }
}

function anthropicAnswer(index) {
  return {
    id: `msg_${index}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5-20251001',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 44, output_tokens: 92 },
  }
}

function sendGemini(response, url) {
  const value = {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 44, candidatesTokenCount: 92, totalTokenCount: 136 },
    modelVersion: 'gemini-2.5-flash',
    responseId: 'r1',
  }
  if (!url.includes('stream')) return sendJson(response, value)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(`data: ${JSON.stringify(value)}\n\n`)
}
