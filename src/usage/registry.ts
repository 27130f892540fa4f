import { anthropic } from './anthropic.ts'
import { bedrockConverse } from './bedrock-converse.ts'
import { bedrockInvoke } from './bedrock-invoke.ts'
import { gemini } from './gemini.ts'
import { mistral } from './mistral.ts'
import { ollama } from './ollama.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { openaiResponses } from './openai-responses.ts'
import type { WireFormat } from './parser.ts'
import { tgi, tgiRoot } from './tgi.ts'
import { xai } from './xai.ts'

export { mightBeModelEndpoint } from './model-endpoint.ts'

/** Every wire format, those of one host before those that any host may speak. */
export const wireFormats: readonly WireFormat[] = [
  mistral,
  xai,
  openaiChat,
  openaiResponses,
  openaiEmbeddings,
  openaiCompletions,
  anthropic,
  bedrockConverse,
  bedrockInvoke,
  gemini,
  ollama,
  tgi,
  tgiRoot,
]

/** The format that a POST to this URL speaks; undefined when it is no call to a model. */
export function wireFormatOf(url: URL): WireFormat | undefined {
  return wireFormats.find((format) => format.matches(url))
}

/** The format of this name, for programs that know what their server speaks, such as `tgi-root`. */
export function wireFormatNamed(name: string): WireFormat | undefined {
  return wireFormats.find((format) => format.name === name)
}
