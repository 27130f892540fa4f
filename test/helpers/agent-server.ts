import { type Answer, chatChunk, chatCompletion, type ReceivedRequest, sendJson } from './fault-server.ts'

/**
 * Answers as a model does that calls a tool once, the first one that it is offered by default, and then is content, as a
 * stream where it is asked for one. Each answer has its id.
 */
export function answerAsAgent(toolName?: string): Answer {
  return (response, request, index) => {
    const { tools, messages, stream } = JSON.parse(request.body) as {
      stream?: boolean
      tools?: { function?: { name: string } }[]
      messages: { role: string }[]
    }
    const wantsTool = tools !== undefined && !messages.some(({ role }) => role === 'tool')
    const name = toolName ?? tools?.[0]?.function?.name
    const call = { id: `call-${index}`, type: 'function', function: { name, arguments: '{"query":"x"}' } }
    const [choice] = chatCompletion().choices
    const choices = wantsTool
      ? [{ index: 0, message: { role: 'assistant', content: null, tool_calls: [call] }, finish_reason: 'tool_calls' }]
      : [choice]
    const id = `chatcmpl-${index}`
    if (stream !== true) {
      sendJson(response, 200, { ...chatCompletion(), id, choices })
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const delta = wantsTool ? { role: 'assistant', tool_calls: [{ index: 0, ...call }] } : { content: 'Hello' }
    const finish_reason = wantsTool ? 'tool_calls' : 'stop'
    response.write(chatChunk('', { id, choices: [{ index: 0, delta, finish_reason }] }))
    const { usage } = chatCompletion()
    response.end(`${chatChunk('', { id, choices: [], usage })}data: [DONE]\n\n`)
  }
}

/** The tool whose result was sent back, if one was. */
export function toolCallOf(requests: readonly ReceivedRequest[]): string | undefined {
  for (const { body } of requests) {
    const { messages } = JSON.parse(body) as { messages: { tool_calls?: { function: { name: string } }[] }[] }
    for (const { tool_calls = [] } of messages) if (tool_calls[0] !== undefined) return tool_calls[0].function.name
  }
  return undefined
}
