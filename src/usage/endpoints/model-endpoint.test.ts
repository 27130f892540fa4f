import { describe, expect, test } from 'vitest'
import { mightBeDeferredResult, mightBeModelEndpoint } from './model-endpoint.ts'

describe('the quick look at a URL', () => {
  test.each([
    'http://a.example/v1/chat/completions',
    'http://a.example/v1/chat/completions/',
    'http://a.example/v1/chat/completions?x=/y',
    'http://a.example/v1/chat/completions#x/y',
    'http://a.example/models/m:generateContent',
    // Hosts that serve models, whatever is asked there.
    'https://api.openai.com/v1/anything',
    'https://eu.api.openai.com/v1/anything',
    'https://us-central1-aiplatform.googleapis.com/x',
    'https://api.openai.com',
    'https://api.openai.com:8443/x',
    'https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com/x',
    'api.openai.com/x',
  ])('%s may be a call to a model', (url) => {
    expect(mightBeModelEndpoint(url)).toBe(true)
  })

  test.each([
    'http://a.example/v1/chat/completions/x',
    'http://a.example/x?y=/chat/completions',
    'http://a.example/x#/chat/completions',
    'http://a.example/models/m:generate',
    'http://a.example/models/generateContent',
    'http://a.example/api.openai.com/x',
    'http://notapi-openai.com/x',
    'http://openai.com/x',
    'http://a.example/?host=api.openai.com',
    '',
  ])('%s is none', (url) => {
    expect(mightBeModelEndpoint(url)).toBe(false)
  })

  test.each([
    'https://a.example/v1/batches',
    'https://a.example/v1/batches?limit=2',
    'https://a.example/v1/batches/b1',
    'https://a.example/v1/responses/r1',
    'https://a.example/v1/messages/batches/b1/results',
    'https://a.example/v1/files/f1/content',
  ])('a GET of %s may tell of work that was begun', (url) => {
    expect(mightBeDeferredResult(url)).toBe(true)
  })

  test.each([
    'https://a.example/v1/responses',
    'https://a.example/v1/batches/b1/results/1',
    'https://a.example/v1/models',
    'https://a.example/v1/models?of=/batches',
    '',
  ])('a GET of %s tells of none', (url) => {
    expect(mightBeDeferredResult(url)).toBe(false)
  })
})
