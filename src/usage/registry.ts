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

const lastParts: ReadonlySet<string> = new Set([
  ...['completions', 'responses', 'compact', 'embeddings', 'messages', 'generate', 'generate_stream'],
  ...['chat', 'embed', 'converse', 'converse-stream', 'invoke', 'invoke-with-response-stream'],
])

const methods: ReadonlySet<string> = new Set([
  ...['generateContent', 'streamGenerateContent', 'embedContent', 'batchEmbedContents'],
  ...['rawPredict', 'streamRawPredict'],
])

/**
 * A look at a URL that costs next to nothing, for every request a program makes: false is certain, true is worth asking
 * `wireFormatOf`.
 */
export function mightBeModelEndpoint(url: string): boolean {
  let end = endOfPath(url)
  if (end > 0 && url[end - 1] === '/') end--
  const part = url.slice(url.lastIndexOf('/', end - 1) + 1, end)
  if (lastParts.has(part)) return true
  const colon = part.lastIndexOf(':')
  if (colon !== -1 && methods.has(part.slice(colon + 1))) return true
  return url.includes('huggingface.c')
}

function endOfPath(url: string): number {
  const query = url.indexOf('?')
  if (query !== -1) return query
  const fragment = url.indexOf('#')
  return fragment === -1 ? url.length : fragment
}
