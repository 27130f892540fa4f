import { expect, test } from 'vitest'
import { parseModelName } from './model-name.ts'
import { placesOf } from './place.ts'

const at = (provider: string, name: string, clues: { url?: string; region?: string; statedProvider?: string } = {}) =>
  placesOf({ provider, name: parseModelName(name), ...clues })

test('Bedrock: the host goes before what the caller says, and that before the name', () => {
  const url = 'https://bedrock-runtime.eu-west-1.amazonaws.com/model/x/converse'
  const sonnet = 'anthropic.claude-sonnet-4-5-20250929-v1:0'
  expect(at('aws', sonnet, { url, region: 'us-east-1' })).toEqual(['eu-west-1'])
  expect(at('aws', sonnet, { region: 'US-East-1' })).toEqual(['us-east-1'])
  expect(at('aws', `us.${sonnet}`)).toEqual(['us'])
  expect(at('aws', `us-gov.${sonnet}`)).toEqual(['us-gov'])
  for (const profile of ['us', 'us-gov', 'eu', 'apac', 'au', 'jp', 'ca', 'in', 'sa']) {
    expect(at('aws', `${profile}.amazon.nova-pro-v1:0`)).toEqual([profile])
    expect(at('aws', `${profile}.amazon.nova-pro-v1:0`, { url })).toEqual(['eu-west-1'])
  }
  // A global profile costs the same from everywhere.
  expect(at('aws', `global.${sonnet}`, { url })).toEqual(['global'])
  expect(at('aws', sonnet)).toEqual([])
  expect(at('aws', 'meta.llama3-8b')).toEqual([])
})

test.each([
  ['https://vpce-1.bedrock-runtime.us-east-2.vpce.amazonaws.com/model/m', ['us-east-2']],
  ['https://bedrock-runtime-fips.us-west-2.amazonaws.com/model/m', ['us-west-2']],
  ['https://bedrock-mantle.eu-north-1.api.aws/v1', ['eu-north-1']],
  ['https://our-bedrock-runtime.eu-north-1.amazonaws.com/', []],
  ['https://bedrock-agent.eu-north-1.amazonaws.com/', []],
])('Bedrock: a request to %s was worked on in %j', (url, places) => {
  expect(at('aws', 'meta.llama3-8b', { url })).toEqual(places)
})

test.each([
  ['https://us-central1-aiplatform.googleapis.com/v1/x', ['vertex/us-central1', 'vertex-region', 'vertex']],
  ['https://aiplatform.eu.rep.googleapis.com/v1/x', ['vertex/eu', 'vertex-region', 'vertex']],
  ['https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers', ['vertex/global', 'vertex']],
  [
    'https://aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers',
    ['vertex/us-east5', 'vertex-region', 'vertex'],
  ],
  ['https://aiplatform.googleapis.com/v1/publishers', ['vertex']],
  ['https://our-aiplatform.eu.rep.googleapis.com/v1/x', []],
  ['https://aiplatform.eu.rep.googleapis.com.example/v1/x', []],
  ['https://a.us-central1-aiplatform.googleapis.com/v1/x', ['vertex']],
  ['https://generativelanguage.googleapis.com/v1beta/models/gemini:generateContent', []],
])('Google: a request to %s was worked on in %j', (url, places) => {
  expect(at('google', 'gemini-2.5-pro', { url })).toEqual(places)
})

test('Google: whoever says Vertex says where, or that it is Vertex', () => {
  expect(at('google', 'gemini-2.5-pro', { statedProvider: 'vertex_ai', region: 'europe-west4' })).toEqual([
    'vertex/europe-west4',
    'vertex-region',
    'vertex',
  ])
  expect(at('google', 'gemini-2.5-pro', { statedProvider: 'vertex_ai' })).toEqual(['vertex'])
  expect(at('google', 'gemini-2.5-pro', { region: 'europe-west4' })).toEqual([])
})

test('elsewhere the endpoint or the answer tells it, and what says nothing is no place', () => {
  expect(at('openai', 'gpt-4o', { url: 'https://eu.api.openai.com/v1' })).toEqual(['eu'])
  expect(at('openai', 'gpt-4o', { url: 'https://api.openai.com/v1', region: 'us' })).toEqual(['us'])
  for (const host of [
    'eur.api.openai.com',
    'our.eu.api.openai.com',
    'e1.api.openai.com',
    'eu.api.openai.com.example',
  ]) {
    expect(at('openai', 'gpt-4o', { url: `https://${host}/v1` }), host).toEqual([])
  }
  expect(at('openai', 'gpt-4o', { url: 'no address' })).toEqual([])
  expect(at('anthropic', 'claude-opus-4-5', { region: 'us' })).toEqual(['us'])
  for (const region of ['', 'not_available', 'unspecified', 'global']) {
    expect(at('anthropic', 'claude-opus-4-5', { region })).toEqual([])
  }
  expect(at('azure', 'gpt-4o', { region: 'eu' })).toEqual(['eu'])
  expect(at('azure', 'gpt-4o', { region: 'globalstandard' })).toEqual([])
  expect(at('azure', 'gpt-4o', { url: 'https://x.openai.azure.us/openai', region: 'eu' })).toEqual(['us-gov'])
})
