import { expect, test } from 'vitest'
import { providerOfHost } from '../registry.ts'
import { providerOfGatewayName, readGatewayHeaders } from './gateways.ts'

const read = (headers: Readonly<Record<string, string>>, isStream = false) =>
  readGatewayHeaders(new Headers(headers), { isStream, providerOfHost })

test.each<[headers: Readonly<Record<string, string>>, ofDocument: object, ofStream: object]>([
  [{}, {}, {}],
  [{ 'x-litellm-response-cost': '0.0042' }, { reportedCostUsd: 0.0042 }, { reportedCostUsd: 0.0042 }],
  [{ 'x-litellm-response-cost': '4.2e-05' }, { reportedCostUsd: 4.2e-5 }, { reportedCostUsd: 4.2e-5 }],
  // Before a stream is over its cost is not known.
  [{ 'x-litellm-response-cost': '0.0' }, { reportedCostUsd: 0 }, {}],
  [{ 'x-litellm-response-cost': 'None' }, {}, {}],
  [{ 'x-litellm-response-cost': '-1' }, {}, {}],
  [{ 'x-litellm-response-cost': '1 USD' }, {}, {}],
  [
    { 'x-litellm-response-cost': '0', 'x-litellm-cache-key': 'k' },
    { isGatewayCacheHit: true, reportedCostUsd: 0 },
    { isGatewayCacheHit: true, reportedCostUsd: 0 },
  ],
  [{ 'x-litellm-cache-key': 'k' }, { isGatewayCacheHit: true }, { isGatewayCacheHit: true }],
  [
    { 'x-litellm-response-cost': '0.5', 'x-litellm-cache-key': 'k' },
    { reportedCostUsd: 0.5 },
    { reportedCostUsd: 0.5 },
  ],
  [{ 'cf-aig-cache-status': 'hit' }, { isGatewayCacheHit: true }, { isGatewayCacheHit: true }],
  [{ 'cf-aig-cache-status': 'WHIT' }, {}, {}],
  [{ 'cf-aig-cache-status': 'HITS' }, {}, {}],
  [{ 'x-litellm-model-api-base': 'https://api.openai.com/v1' }, { provider: 'openai' }, { provider: 'openai' }],
  [{ 'x-litellm-model-api-base': 'http://10.0.0.1:8000' }, {}, {}],
  [{ 'x-litellm-model-api-base': 'no address' }, {}, {}],
])('the headers %j of an answer', (headers, ofDocument, ofStream) => {
  expect(read(headers)).toEqual(ofDocument)
  expect(read(headers, true)).toEqual(ofStream)
})

test.each([
  ['OpenAI', 'openai'],
  ['google-vertex-ai', 'google'],
  ['Azure-OpenAI', 'azure'],
  ['bedrock', 'aws'],
  ['unheard-of', undefined],
])('a gateway means by %s %s', (name, provider) => {
  expect(providerOfGatewayName(name)).toBe(provider)
})
