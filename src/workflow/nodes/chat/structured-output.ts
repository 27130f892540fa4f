import { APICallError } from '@ai-sdk/provider'
import { SygraError } from '../../../errors.ts'
import type { ModelCall } from '../../models/model-call.ts'
import { parseExactJson } from '../../sources/formats/parse-json.ts'
import type { AnswerForm } from './answer-form.ts'
import type { Converse, Reply } from './converse.ts'
import type { StructuredOutputConfig } from './model-block.ts'

type Prompt = ModelCall['prompt']

const defaultRetries = 2

/**
 * Makes a conversation end with an answer that fits a form: by the model's native mode; where a service refuses that, by
 * telling the model the schema. An answer that does not fit is shown to the model with what is wrong, and asked for again.
 *
 * @throws SygraError `model_answer` when no answer fits.
 */
export function withStructuredOutput(
  converse: Converse,
  form: AnswerForm,
  {
    fallback_strategy: fallback = 'instruction',
    retry_on_parse_error: isRetried = true,
    max_parse_retries: maxRetries = defaultRetries,
  }: Pick<StructuredOutputConfig, 'fallback_strategy' | 'retry_on_parse_error' | 'max_parse_retries'>,
): Converse {
  const attempts = 1 + (isRetried ? maxRetries : 0)
  let isNative = true
  const askNatively: Converse = async (call, turn) => {
    const reply = await converse(nativeCall(call, form), turn)
    // The client left the schema out, so the model has not been told.
    if (reply.warnings.some(isAboutFormat)) isNative = false
    return reply
  }
  return async (call, turn) => {
    let { prompt } = call
    let isTold = fallback === 'post_process'
    const tell = () => {
      if (!isTold) prompt = instructed(prompt, form)
      isTold = true
    }
    const ask = async () => {
      if (!isNative) tell()
      try {
        return isNative ? await askNatively({ ...call, prompt }, turn) : await converse({ ...call, prompt }, turn)
      } catch (error) {
        if (!isNative || !isFormatRefused(error)) throw error
        isNative = false
        tell()
        return converse({ ...call, prompt }, turn)
      }
    }
    const misfits: Reply['forget'][] = []
    for (let attempt = 1; ; attempt += 1) {
      const reply = await ask()
      const read = await readReply(reply, form)
      if ('value' in read) return { ...reply, answer: { ...reply.answer, parsed: read.value } }
      misfits.push(reply.forget)
      if (attempt >= attempts) {
        for (const forget of misfits) forget?.()
        throw doesNotFit(reply, read.problem, attempts)
      }
      prompt = corrected(reply, read.problem)
    }
  }
}

function nativeCall(call: ModelCall, form: AnswerForm): ModelCall {
  const { client } = call
  // OpenAI refuses schemas with optional keys unless the answer may be looser than they are.
  const parameters = form.isStrict ? client.parameters : { strictJsonSchema: false, ...client.parameters }
  return {
    ...call,
    client: { ...client, parameters },
    responseFormat: { type: 'json', schema: form.jsonSchema, name: 'answer' },
  }
}

async function readReply({ answer }: Reply, form: AnswerForm) {
  const found = readJson(answer.content)
  return found === undefined ? { problem: 'it is no JSON' } : form.check(found.value)
}

function instructed(prompt: Prompt, { jsonSchema }: AnswerForm): Prompt {
  const content = `Answer with one JSON object that fits this JSON Schema, and with nothing else:\n${JSON.stringify(jsonSchema)}`
  const firstTurn = prompt.findIndex(({ role }) => role !== 'system')
  const at = firstTurn < 0 ? prompt.length : firstTurn
  return [...prompt.slice(0, at), { role: 'system', content }, ...prompt.slice(at)]
}

function corrected({ prompt, answer }: Reply, problem: string): Prompt {
  const text = `This does not fit: ${problem}. Give the whole answer again, as one JSON object and nothing else.`
  return [
    ...prompt,
    { role: 'assistant', content: [{ type: 'text', text: answer.content || '(nothing)' }] },
    { role: 'user', content: [{ type: 'text', text }] },
  ]
}

function doesNotFit({ answer: { finishReason } }: Reply, problem: string, attempts: number): SygraError {
  const times = attempts === 1 ? '' : `, asked ${attempts} times`
  const cut = finishReason === 'length' ? ' (it was cut at the token limit: raise max_tokens)' : ''
  return new SygraError('model_answer', `the answer does not fit its schema${times}: ${problem}${cut}`)
}

function isAboutFormat(warning: Reply['warnings'][number]): boolean {
  return warning.type === 'unsupported' && warning.feature.startsWith('responseFormat')
}

function isFormatRefused(error: unknown): boolean {
  if (!APICallError.isInstance(error)) return false
  const isRefusal = error.statusCode === 400 || error.statusCode === 404 || error.statusCode === 422
  return isRefusal && /response_format|json_schema|structured|guided/i.test(`${error.message} ${error.responseBody}`)
}

/** JSON that was found in a text. */
interface FoundJson {
  readonly value: unknown
}

/**
 * The JSON in the answer of a model: alone, in a fenced block or between sentences. Commas before a closing bracket and raw
 * line breaks within texts are forgiven; what is cut off is not completed. Integers that a number would not keep are text. Undefined when there is none.
 */
export function readJson(text: string): FoundJson | undefined {
  for (const candidate of candidatesIn(text)) {
    const found = parse(candidate) ?? parse(repaired(candidate))
    if (found !== undefined) return found
  }
  return undefined
}

function candidatesIn(text: string): readonly string[] {
  const fenced = [...text.matchAll(/```\w*[^\S\n]{0,20}\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  const begin = text.search(/[{[]/)
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'))
  const between = begin >= 0 && end > begin ? [text.slice(begin, end + 1)] : []
  return [text, ...fenced, ...between]
}

function parse(text: string): FoundJson | undefined {
  try {
    return { value: parseExactJson(text) }
  } catch {
    return undefined
  }
}

const controlCharacters: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function repaired(text: string): string {
  let result = ''
  let isInText = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (isInText) {
      result += controlCharacters[character] ?? character
      if (character === '\\') {
        at += 1
        result += text.charAt(at)
      } else if (character === '"') isInText = false
      continue
    }
    if (character === '"') isInText = true
    const isTrailingComma = character === ',' && /^\s*[}\]]/.test(text.slice(at + 1, at + 200))
    if (!isTrailingComma) result += character
  }
  return result
}
