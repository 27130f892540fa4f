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
 * `wireFormatOf`. It stands alone, so that a program that calls no model loads none of the formats.
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
