import type { WireFormat } from '../wire-format.ts'
import { openaiChat, readRequestWithSwitch } from './openai-chat.ts'

/** Models that a workspace of Databricks serves under a path of its own: asked and answered as OpenAI's are. */
export const databricks: WireFormat = {
  ...openaiChat,
  name: 'databricks',
  endpoints: [{ path: '/serving-endpoints/{model}/invocations' }],
  hosts: [
    { end: '.azuredatabricks.net', provider: 'databricks' },
    { end: '.cloud.databricks.com', provider: 'databricks' },
    { end: '.gcp.databricks.com', provider: 'databricks' },
  ],
  defaultProvider: 'databricks',
  readRequest: (request) => {
    const facts = readRequestWithSwitch(request)
    return { ...facts, model: request.pathModel ?? facts.model }
  },
}
