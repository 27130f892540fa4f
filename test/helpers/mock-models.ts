import { request } from 'node:http'
import { LLMock } from '@copilotkit/aimock'
import { MetadataCollector } from '../../src/runtime/collector/metadata-collector.ts'
import { runInScope } from '../../src/runtime/scope.ts'
import type { ModelAnswer, ModelRequest, Respond } from './model-server.ts'

export interface MockModels {
  readonly mock: LLMock
  readonly respond: Respond
  readonly stop: () => Promise<void>
}

/** 44 tokens in and 92 out, in the words of each provider. */
const usage = {
  prompt_tokens: 44,
  completion_tokens: 92,
  total_tokens: 136,
  input_tokens: 44,
  output_tokens: 92,
  promptTokenCount: 44,
  candidatesTokenCount: 92,
  totalTokenCount: 136,
}

/**
 * The models of `@copilotkit/aimock`: each says "Hello from the model" for 44 tokens in and 92 out, and first calls the
 * tool with the given name, if one is given.
 */
export async function startMockModels({ tool }: { readonly tool?: string } = {}): Promise<MockModels> {
  const mock = new LLMock({ port: 0, chunkSize: 4 })
  mock.onEmbedding(/./, { embedding: [0.25, 0.5] })
  if (tool !== undefined) {
    mock.on({ hasToolResult: false }, { toolCalls: [{ name: tool, arguments: '{}' }], usage })
  }
  mock.onMessage(/./, { content: 'Hello from the model', usage })
  await mock.start()
  // Its own requests are no calls of the program's.
  const unobserved = { collector: new MetadataCollector({ isDisabled: true }) }
  return {
    mock,
    respond: (incoming) => runInScope({ ...unobserved }, () => forward(mock.url, incoming)),
    stop: () => mock.stop(),
  }
}

function forward(url: string, { path, headers, body }: ModelRequest): Promise<ModelAnswer> {
  const sent = Object.entries(headers).filter(
    ([name]) => !name.startsWith(':') && !/^(host|connection|content-length|transfer-encoding|upgrade)$/.test(name),
  )
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method: 'POST', headers: Object.fromEntries(sent) }, async (answer) => {
      const chunks: Buffer[] = []
      for await (const chunk of answer) chunks.push(Buffer.from(chunk))
      resolve({
        status: answer.statusCode ?? 0,
        contentType: answer.headers['content-type'] ?? '',
        body: Buffer.concat(chunks),
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
