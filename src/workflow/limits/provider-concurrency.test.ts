import { expect, test } from 'vitest'
import type { ConcurrencyChange } from '../../metadata/event.ts'
import { modelClientOf } from '../models/model-client.ts'
import { ProviderConcurrency, providerPlaceOf } from './provider-concurrency.ts'

const client = modelClientOf({
  specificationVersion: 'v3',
  provider: 'OpenAI',
  modelId: 'm',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('nobody asks it')),
  doStream: () => Promise.reject(new Error('nobody asks it')),
})

test.each([
  [
    'provider and host',
    { provider: 'openai', type: 'OpenAI' },
    'https://api.openai.com/v1',
    false,
    'openai api.openai.com',
  ],
  ['the type where no provider is known', { type: 'VLLM' }, 'http://10.0.0.1:8000/v1', false, 'VLLM 10.0.0.1:8000'],
  ['the provider where the client knows the address itself', { provider: 'aws' }, undefined, false, 'aws'],
  ['the provider where the address is none', { provider: 'aws' }, 'nowhere', false, 'aws'],
  ['no port of a simulator, which changes', { provider: 'openai' }, 'http://127.0.0.1:41234', true, 'openai simulated'],
  ['something in any case', { provider: '' }, undefined, false, 'model'],
])('limits are those of %s', (_, identity, url, isSimulated, name) => {
  const place = { url, keyDigest: 'digest' }
  expect(providerPlaceOf({ ...client, identity: { name: 'm', ...identity } }, place, isSimulated)).toEqual({
    name,
    keyDigest: 'digest',
  })
})

test('each provider, host and key has a limit of its own, told by the number of the key and never by the key', () => {
  const changes: ConcurrencyChange[] = []
  const concurrency = new ProviderConcurrency({ most: 4, onChange: (change) => changes.push(change) })
  const [first, second] = ['one', 'two'].map((keyDigest) => concurrency.of({ name: 'openai', keyDigest }))
  expect(concurrency.of({ name: 'openai', keyDigest: 'one' })).toBe(first)
  expect(second).not.toBe(first)
  concurrency.of({ name: 'aws', keyDigest: 'one' })
  concurrency.setMost(6)
  expect([first?.limit, second?.limit]).toEqual([6, 6])
  expect(changes.map(({ provider, reason, limit }) => `${provider} ${reason} ${limit}`)).toEqual([
    'openai start 4',
    'openai (key 2) start 4',
    'aws start 4',
    'openai workers 6',
    'openai (key 2) workers 6',
    'aws workers 6',
  ])
})

test('after a pause that the provider asked for the next one is sent by itself', async () => {
  const limit = new ProviderConcurrency({ most: 1, onChange: () => {} }).of({ name: 'openai', keyDigest: '' })
  await limit.enter()
  limit.leave({ type: 'answer', pauseSeconds: 0.02 })
  const begun = performance.now()
  await limit.enter()
  expect(performance.now() - begun).toBeGreaterThanOrEqual(15)
})
