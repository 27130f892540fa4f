import { expect, test } from 'vitest'
import { SygraError } from '../../errors.ts'
import { resolveModel } from './resolve-model.ts'

function resolved(name: string, environment: Record<string, string>) {
  const { type, addresses } = resolveModel({ name }, { models: {}, environment })
  return { type, url: addresses[0]?.url, tokenFrom: addresses[0]?.tokenFrom, urlFrom: addresses[0]?.urlFrom }
}

function refusal(name: string, environment: Record<string, string>): string {
  try {
    resolveModel({ name }, { models: {}, environment })
  } catch (error) {
    if (error instanceof SygraError) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

const anthropic = { type: 'anthropic', url: 'https://api.anthropic.com/v1', tokenFrom: 'ANTHROPIC_API_KEY' }

test.each([
  ['claude-sonnet-4-5', { ANTHROPIC_API_KEY: 'k' }, anthropic],
  ['gemini-2.5-flash', { GEMINI_API_KEY: 'k' }, { type: 'gemini', tokenFrom: 'GEMINI_API_KEY' }],
  ['mistral-large-latest', { MISTRAL_API_KEY: 'k' }, { type: 'mistralai', url: 'https://api.mistral.ai/v1' }],
  ['codestral-latest', { MISTRAL_API_KEY: 'k' }, { type: 'mistralai' }],
  ['gpt-4o-mini', { OPENAI_API_KEY: 'k' }, { type: 'openai', tokenFrom: 'OPENAI_API_KEY' }],
  // A gateway in place of OpenAI serves the models of all.
  [
    'claude-sonnet-4-5',
    { OPENAI_BASE_URL: 'http://gateway/v1', OPENAI_API_KEY: 'k' },
    { type: 'openai', url: 'http://gateway/v1', urlFrom: 'OPENAI_BASE_URL' },
  ],
  ['claude-sonnet-4-5', { OPENAI_BASE_URL: 'http://gateway/v1', ANTHROPIC_API_KEY: 'k' }, anthropic],
  [
    'claude-x',
    { SYGRA_CLAUDE_X_URL: 'http://own/v1', OPENAI_API_KEY: 'k' },
    { type: 'openai', url: 'http://own/v1', urlFrom: 'SYGRA_CLAUDE_X_URL' },
  ],
])('%s with %j is called at its provider', (name, environment, expected) => {
  expect(resolved(name, environment)).toMatchObject(expected)
})

test('without a key the one of its own provider is asked for', () => {
  expect(refusal('claude-sonnet-4-5', { OPENAI_API_KEY: 'k' })).toContain(
    'set ANTHROPIC_API_KEY or SYGRA_CLAUDE_SONNET_4_5_TOKEN',
  )
})

test('a name that is none of OpenAI’s is told to be looked for there for want of an entry', () => {
  for (const name of ['llama-3-8b', 'deepseek-chat', 'qwen2.5'])
    expect(refusal(name, {})).toContain(`"${name}" is not in models.yaml, so OpenAI would be asked for it`)
  for (const name of ['gpt-4o', 'o3-mini', 'text-embedding-3-small', 'ft:gpt-4o:acme::1'])
    expect(refusal(name, {})).not.toContain('models.yaml')
})

test.each([
  ['http://user:hunter22@host/v1', 'holds a user or a password'],
  ['http://user@host/v1', 'holds a user or a password'],
  ['http://host/v1?api_key=hunter22', 'has the parameter "api_key"'],
  ['http://host/v1#hunter22', 'has a part behind "?" or "#"'],
  ['hunter22', 'is no http(s) address'],
  ['ftp://user:hunter22@host', 'is no http(s) address'],
])('the address %s is refused by the name of its variable, and not told', (url, problem) => {
  for (const [variable, name] of [
    ['SYGRA_LLAMA_URL', 'llama'],
    ['OPENAI_BASE_URL', 'gpt-4o'],
  ] as const) {
    const message = refusal(name, { [variable]: url, OPENAI_API_KEY: 'k' })
    expect(message).toContain(`model "${name}": ${variable} ${problem}`)
    expect(message).not.toContain('hunter22')
  }
})
