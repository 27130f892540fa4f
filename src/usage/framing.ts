import type { Framing, WireFormat } from './parser.ts'

/** How a body is cut, by its content type, or by what its format does where the type does not say. */
export function framingOf(
  format: WireFormat,
  { contentType, isStream }: { contentType: string; isStream: boolean },
): Framing {
  const type = contentType.toLowerCase()
  if (type.includes('vnd.amazon.eventstream')) return 'eventstream'
  if (type.includes('event-stream')) return 'sse'
  if (type.includes('ndjson') || type.includes('jsonl') || type.includes('json-seq')) return 'ndjson'
  if (!isStream) return 'json'
  // A server that answers a stream with plain JSON sends one document, unless its streams are JSON themselves.
  const { streamFraming } = format
  if (type.includes('json'))
    return streamFraming === 'ndjson' || streamFraming === 'json-array' ? streamFraming : 'json'
  const saysNothing = type === '' || type.startsWith('text/plain') || type.startsWith('application/octet-stream')
  return saysNothing ? streamFraming : 'json'
}
