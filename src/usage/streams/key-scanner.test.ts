import { expect, test } from 'vitest'
import { createKeyScanner, foundNothing, foundOutput, foundRunning, foundTelling } from './key-scanner.ts'

const scan = createKeyScanner({
  telling: ['finish_reason', 'error'],
  tellingValues: ['message_stop'],
  running: 'usage',
  output: ['content', 'tool_calls'],
})

function found(text: string): number {
  const bytes = new TextEncoder().encode(text)
  return scan(bytes, 0, bytes.length)
}

test.each([
  ['{"finish_reason":"stop"}', foundTelling],
  ['{"error": {"type":"x"}}', foundTelling],
  ['{"type":"message_stop"}', foundTelling],
  ['{"usage":{"a":1}}', foundRunning],
  ['{"content":"x","usage" : {"a":1}}', foundOutput | foundRunning],
  ['{"tool_calls":[{}]}', foundOutput],
])('%s has what it shows', (text, expected) => {
  expect(found(text)).toBe(expected)
})

test.each([
  '{"finish_reason":null,"usage": null,"content":""}',
  '{"error":false,"tool_calls":[ ]}',
  '{"text":"\\"usage\\": {\\"a\\":1}"}',
  '{"text":"usage","other":"error"}',
  '{"usages":{"a":1},"my_error":1}',
  '{"usage"',
  '{"usage":',
  '',
])('%s has nothing', (text) => {
  expect(found(text)).toBe(foundNothing)
})

test('what stands outside the range is not found', () => {
  const bytes = new TextEncoder().encode('{"a":1}{"error":1}')
  expect(scan(bytes, 0, 7)).toBe(foundNothing)
  expect(scan(bytes, 7, bytes.length)).toBe(foundTelling)
})
