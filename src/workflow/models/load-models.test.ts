import { expect, test } from 'vitest'
import { parseModels } from './load-models.ts'
import { modelsJsonSchema } from './models-config.ts'
import { resolveModel } from './resolve-model.ts'

const parse = (text: string) => () => {
  for (const entry of Object.values(parseModels(text, 'models.yaml'))) if (entry instanceof Error) throw entry
}

test.each([
  ['m: { model_type: opnai }', 'models.yaml:1:18: found "opnai"; expected "openai",', 'did you mean "openai"?'],
  ['m:\n  model: x\n', 'models.yaml:1:1: missing key "model_type"', 'expected "openai"'],
  ['m:\n  model_type: vllm\n  modle: x\n', 'models.yaml:3:3: unknown key "modle"', 'did you mean "model"?'],
  ['m: { model_type: vllm, temperature: 1 }', 'unknown key "temperature"', 'write it under "parameters"'],
  ['m: { model_type: vllm, auth_token: x }', 'unknown key "auth_token"', 'set SYGRA_<ALIAS>_TOKEN'],
  ['m: { model_type: vllm, retry_attempts: 0 }', 'models.yaml:1:40: found 0', 'expected 1 or more'],
  ['m: { model_type: vllm, model_type: tgi }', 'models.yaml:1:24: broken YAML', 'must be unique'],
])('%j is refused with its place and what to do', (text, problem, remedy) => {
  expect(parse(text)).toThrow(problem)
  expect(parse(text)).toThrow(remedy)
})

test('keys of the Python system that mean nothing here do no harm', () => {
  const text =
    'm: { model_type: tgi, hf_chat_template_model_id: a/b, modify_tokenizer: true, delay: 100, backend: custom, multi_modal: false, completions_api: true }'
  expect(parse(text)).not.toThrow()
})

test('an entry that cannot be used is refused when it is asked for, with its place, and no other for its sake', () => {
  const text = 'good: { model_type: openai }\nlarge: { model_type: claude_proxy, backend: proxy }\n'
  const models = parseModels(text, 'models.yaml')
  const environment = { OPENAI_API_KEY: 'key' }
  expect(resolveModel({ name: 'good' }, { models, environment }).type).toBe('openai')
  expect(() => resolveModel({ name: 'large' }, { models, environment })).toThrow(
    /^models\.yaml:2:22: model "large" is behind a proxy .* \(claude_proxy\), which has no counterpart; name the service/,
  )
})

test('parameters of the Python system are sent by what they are', () => {
  const entry =
    '{ model_type: vllm, url: "http://x", additional_params: { a: 1, b: 1 }, chat_template_params: { think: false }, parameters: { b: 2 } }'
  expect(resolve(entry).parameters).toEqual({ a: 1, b: 2, chat_template_kwargs: { think: false } })
})

test('the JSON Schema for editors knows the kinds of services and refuses other keys', () => {
  expect(modelsJsonSchema()).toMatchObject({
    title: 'models.yaml of sygra',
    additionalProperties: {
      additionalProperties: false,
      required: ['model_type'],
      properties: { model_type: { enum: expect.arrayContaining(['openai', 'tgi', 'gemini']) } },
    },
  })
})

const resolve = (entry: string, environment: Readonly<Record<string, string>> = {}) =>
  resolveModel({ name: 'my-model' }, { models: parseModels(`my-model: ${entry}`, 'models.yaml'), environment })

test.each([
  ['{ model_type: openai }', {}, 'has no key: set OPENAI_API_KEY or SYGRA_MY_MODEL_TOKEN'],
  ['{ model_type: vllm }', {}, 'has no address: set SYGRA_MY_MODEL_URL in the environment'],
  ['{ model_type: azure_openai }', {}, 'has no address: set AZURE_OPENAI_ENDPOINT or SYGRA_MY_MODEL_URL'],
  ['{ model_type: bedrock }', {}, 'has no region: set AWS_REGION or SYGRA_MY_MODEL_AWS_REGION'],
  ['{ model_type: vertex_ai }', {}, 'has no project: set VERTEX_PROJECT or SYGRA_MY_MODEL_VERTEX_PROJECT'],
  [
    '{ model_type: vllm, url: localhost:8000 }',
    {},
    '"url" in models.yaml is no http(s) address; did you mean "http://localhost:8000"?',
  ],
  [
    '{ model_type: vllm }',
    { SYGRA_MY_MODEL_URL: 'http://a|http://b|http://c', SYGRA_MY_MODEL_TOKEN: 'x|y' },
    '2 keys for 3',
  ],
  [
    '{ model_type: openai }',
    { SYGRA_MY_MODEL_TIMEOUT: 'soon' },
    'SYGRA_MY_MODEL_TIMEOUT: found "soon"; expected a number',
  ],
])('%s is refused when %j', (entry, environment, message) => {
  expect(() => resolve(entry, environment)).toThrow(message)
})

test.each([
  ['vllm', 'http://h:8000', 'http://h:8000/v1'],
  ['vllm', 'http://h:8000/served/', 'http://h:8000/served'],
  ['tgi', 'http://h/generate', 'http://h/v1'],
  ['ollama', 'http://h:11434/api/chat', 'http://h:11434/v1'],
  ['openai', 'https://h/v1/chat/completions', 'https://h/v1'],
])('%s at %s is asked at %s', (type, url, expected) => {
  const model = resolve(`{ model_type: ${type} }`, { SYGRA_MY_MODEL_URL: url, SYGRA_MY_MODEL_TOKEN: 'key' })
  expect(model.addresses.map((address) => address.url)).toEqual([expected])
})

test.each(['SYGRA_MY-MODEL_TOKEN', 'SYGRA_MY_MODEL_TOKEN', 'SYGRA_MY_MODEL_AUTH_TOKEN'])(
  '%s holds the key, as in the Python system or as a shell can take it',
  (variable) => {
    const { addresses } = resolve('{ model_type: openai }', { [variable]: 'mine', OPENAI_API_KEY: 'common' })
    expect(addresses).toMatchObject([{ token: 'mine' }])
  },
)
