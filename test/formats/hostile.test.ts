import { expect, test } from 'vitest'
import { createAnswerReader, wireFormats } from '../../src/usage/index.ts'
import { isLong } from '../helpers/is-long.ts'

// Answers that are made to keep whoever reads them busy. What is measured is time of the processor, so that a busy machine
// changes nothing; on a quiet one none of them takes a quarter of what is allowed.

const mostCpuSeconds = 3
const size = 4_000_000
const usage =
  '{"model":"m","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2},"usageMetadata":{"promptTokenCount":1},"type":"message_delta","message":{"usage":{"input_tokens":1}},"response":{"usage":{"input_tokens":1}}}'
/** Of how many formats one is tried with each answer; the next answer takes the next ones. */
const oneOf = isLong ? 1 : 12
const many = (text: string, end = '') => text.repeat(Math.ceil(size / text.length)) + end

const answers: Readonly<Record<string, readonly [type: string, body: string]>> = {
  'events with usage': ['text/event-stream', many(`data: ${usage}\n\n`)],
  'lines of one event': ['text/event-stream', many('data: {"a":1}\n', '\n')],
  'a line without an end': ['text/event-stream', `data: ${many('x')}`],
  'empty lines': ['text/event-stream', many('\n')],
  'carriage returns': ['text/event-stream', many('\r')],
  'names of events': ['text/event-stream', many('event: x\n')],
  'one key again and again': ['application/json', `{${many('"usage":{"prompt_tokens":1},')}"a":1}`],
  'lists within lists': ['application/json', many('[')],
  'objects within objects': ['application/json', many('{"usage":')],
  'escaped quotes': ['application/json', `{"a":"${many('\\"')}"}`],
  'a text without an end': ['application/json', `{"a":"${many('\\')}`],
  'a long number': ['application/json', `{"usage":{"prompt_tokens":${many('9')}}}`],
  'many choices': ['application/json', `{"choices":[${many('{"finish_reason":"stop"},')}{}]}`],
  'lines of JSON': ['application/x-ndjson', many(`${usage}\n`)],
}

test.each(Object.keys(answers))('%s take little of the processor, and no memory for long', (name) => {
  const [type = '', body = ''] = answers[name] ?? []
  const bytes = new TextEncoder().encode(body)
  for (const format of wireFormats.filter((_, index) => index % oneOf === name.length % oneOf)) {
    const start = process.cpuUsage()
    const request = () => ({ isStream: type !== 'application/json' })
    const reader = createAnswerReader(format, { headers: new Headers({ 'content-type': type }), request })
    for (let at = 0; at < bytes.length; at += 65_536) reader.push(bytes.subarray(at, at + 65_536))
    expect(reader.heldBytes, format.name).toBeLessThan(3 * 1024 * 1024)
    reader.end()
    const { user, system } = process.cpuUsage(start)
    expect((user + system) / 1e6, format.name).toBeLessThan(mostCpuSeconds)
  }
})
