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
  // A global profile costs the same from everywhere.
  expect(at('aws', `global.${sonnet}`, { url })).toEqual(['global'])
  expect(at('aws', sonnet)).toEqual([])
  expect(at('aws', 'meta.llama3-8b')).toEqual([])
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
  expect(at('openai', 'gpt-4o', { url: 'no address' })).toEqual([])
  expect(at('anthropic', 'claude-opus-4-5', { region: 'us' })).toEqual(['us'])
  for (const region of ['', 'not_available', 'unspecified', 'global']) {
    expect(at('anthropic', 'claude-opus-4-5', { region })).toEqual([])
  }
  expect(at('azure', 'gpt-4o', { region: 'eu' })).toEqual(['eu'])
  expect(at('azure', 'gpt-4o', { region: 'globalstandard' })).toEqual([])
  expect(at('azure', 'gpt-4o', { url: 'https://x.openai.azure.us/openai', region: 'eu' })).toEqual(['us-gov'])
})
