import { isRecord, memberOf } from './json-value.ts'

const shortWord = /^[\w.:-]{1,64}$/

/**
 * The type of an error that came as a body or as a message of a stream, as every provider of the OpenAI, Anthropic,
 * Google and Hugging Face families writes it; undefined when there is no error. Never its text, which may quote a prompt.
 */
export function errorTypeIn(answer: unknown): string | undefined {
  if (!isRecord(answer)) return undefined
  const { error } = answer
  if (answer.type === 'error' && !isRecord(error)) return wordIn(answer.code) ?? 'error'
  if (answer.object === 'error') return wordIn(answer.type) ?? wordIn(answer.code) ?? 'error'
  if (error === undefined || error === null || error === false || error === '') return undefined
  if (!isRecord(error)) return wordIn(answer.error_type) ?? 'error'
  return wordIn(error.type) ?? wordIn(error.status) ?? wordIn(error.code) ?? 'error'
}

/** The type of a message that is an error by its event name, whatever its shape. */
export function errorTypeOf(message: unknown): string {
  return errorTypeIn(message) ?? wordIn(memberOf(message, 'type')) ?? wordIn(memberOf(message, 'code')) ?? 'error'
}

function wordIn(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && shortWord.test(value) ? value : undefined
}
