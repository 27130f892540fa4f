import { expect, test } from 'vitest'
import { findPlaceRule } from './place-rules.ts'

// Seller, models as its list names them, places, and how much more a place costs; undefined where its price is not known.
// From the pages that the rules name.
const rows: readonly (readonly [provider: string, models: string, places: string, factor: number | undefined])[] = [
  // Bedrock lists Northern Virginia, Ohio and Oregon, which have one price.
  ['aws', 'meta.llama3-3-70b-instruct-v1:0', 'us us-east-1 us-east-2 us-west-2', 1],
  [
    'aws',
    'meta.llama3-3-70b-instruct-v1:0',
    'us-west-1 us-east-3 us-east us-gov-east-1 eu-west-1 au global',
    undefined,
  ],
  ['aws', 'openai.gpt-oss-120b-1:0 amazon.nova-pro-v1:0', 'eu-central-1', undefined],
  // Claude and the closed models of OpenAI: one price for all commercial regions.
  [
    'aws',
    'regional.anthropic.claude-sonnet-4-6-v1:0 regional.openai.gpt-5.6-sol openai.gpt-5.5',
    'eu-west-3 ap-south-1',
    1,
  ],
  ['aws', 'regional.anthropic.claude-sonnet-4-6-v1:0 openai.gpt-5.5', 'cn-north-1', undefined],
  ['aws', 'global.anthropic.claude-sonnet-4-6-v1:0 global.amazon.nova-2-lite-v1:0', 'global', 1],
  ['aws', 'global.amazon.nova-2-lite-v1:0', 'eu-west-1 global-1 not-global', undefined],
  ['aws', 'amazon.nova-pro-v1:0 our-global.amazon.nova-2-lite-v1:0', 'global', undefined],
  // GovCloud
  ['aws', 'amazon.nova-pro-v1:0 amazon.nova-lite-v1:0 amazon.nova-micro-v1:0', 'us-gov us-gov-west-1', 1.2],
  ['aws', 'anthropic.claude-v2:1 regional.anthropic.claude-haiku-4-5-20251001-v1:0', 'us-gov us-gov-west-1', 1.2],
  ['aws', 'openai.gpt-oss-120b-1:0', 'us-gov-east-1', 1.2],
  ['aws', 'amazon.nova-premier-v1:0 meta.llama3-8b-instruct-v1:0 openai.gpt-5.5', 'us-gov us-gov-west-1', undefined],
  // Vertex AI, without an endpoint or by the global one
  ['google', 'gemini-3.6-flash claude-opus-5 gemma-3', 'vertex vertex/global', 1],
  ['google', 'gemini-3.6-flash gemma-3', 'vertex/us vertex/global-1 our-vertex', undefined],
  // Up to Gemini 2.5 all locations cost the same.
  ['google', 'gemini-1.5-pro gemini-2.5-flash gemini-live-2.5-flash imagen-4.0-generate-001', 'vertex/europe-west4', 1],
  ['google', 'gemini-1.5-pro imagen-4.0-generate-001', 'europe-west4 our-vertex/europe-west4', undefined],
  ['google', 'our-gemini-2.5-flash our-gemini-live-2.5-flash our-imagen-4.0', 'vertex/europe-west4', undefined],
  ['google', 'gemini-3.5-flash gemini-3.5-flash-lite', 'vertex/us-central1', 1.1],
  ['google', 'gemini-3.1-flash-lite gemini-3.1-flash-lite-preview', 'vertex/us-central1', 1.1],
  [
    'google',
    'gemini-3.5-flash-lite-preview gemini-3.1-flash-lite-image our-gemini-3.5-flash',
    'vertex/us-central1',
    undefined,
  ],
  ['google', 'gemini-3.5-flash', 'us-central1 our-vertex/us-central1', undefined],
  // Claude costs more in a region from 4.5 on.
  ['google', 'claude-3-5-sonnet claude-4-opus claude-4-sonnet claude-opus-4-0 claude-opus-4-1', 'vertex/us-east5', 1],
  ['google', 'claude-sonnet-4-0', 'vertex/us-east5', 1],
  [
    'google',
    'claude-opus-4-5 claude-sonnet-4-5 claude-opus-5 claude-opus-4-10 claude-sonnet-4-01',
    'vertex/us-east5',
    1.1,
  ],
  ['google', 'claude-4-opus-5 claude-4-sonnet-5 claude-fable-5', 'vertex/us-east5', 1.1],
  ['google', 'our-claude-3 our-claude-opus-5', 'vertex/us-east5', undefined],
  ['google', 'claude-3-5-sonnet claude-opus-5', 'our-vertex/us-east5', undefined],
  // Azure's data zones
  ['azure', 'gpt-4o gpt-5.1 o1 o4-mini', 'eu us', 1.1],
  ['azure', 'gpt-4o', 'eus us-gov aus europe', undefined],
  ['azure', 'phi-4 text-embedding-3-small our-gpt-4o our-o1 omni', 'eu', undefined],
  // OpenAI: models of 2026-03-05, the day of GPT-5.4, and later cost more in a region.
  ['openai', 'gpt-5.4 gpt-5.4-mini gpt-5.5 gpt-5.6-sol gpt-6-luna gpt-realtime-2.1', 'eu us', 1.1],
  ['openai', 'gpt-3.5-turbo gpt-4o gpt-4.1-mini gpt-5 gpt-5-mini gpt-5.1 gpt-5.3-codex gpt-audio gpt-image-1', 'eu', 1],
  ['openai', 'ft:gpt-4o ft:gpt-3.5-turbo- gpt-oss-120b gpt-realtime gpt-realtime-mini o1 o3-mini o4-mini', 'eu', 1],
  ['openai', 'gpt-realtime-2025-08-28 gpt-realtime-mini-2025-10-06 chatgpt-4o-latest codex-mini computer-use', 'eu', 1],
  ['openai', 'text-embedding-3-small whisper-1 tts-1 dall-e-3 omni-moderation-latest moderation sora-2', 'eu', 1],
  ['openai', 'davinci babbage', 'eu', 1],
  // Of these no day is known to us.
  ['openai', 'gpt-realtime-2 gpt-realtime-mini-2 gpt-image-2 gpt-chat-latest gpt-transcribe o2 o3x', 'eu', undefined],
  ['openai', 'our-gpt-5.4 our-gpt-4o our-o3 gpt-5x gpt-realtime-2026-08-28', 'eu', undefined],
  ['openai', 'gpt-4o gpt-5.5', 'e eur eu-1 e1', undefined],
  // Anthropic: kept in the US, from Opus 4.6 on.
  ['anthropic', 'claude-opus-4-6 claude-sonnet-4-6 claude-haiku-4-9 claude-opus-5 claude-sonnet-9', 'us', 1.1],
  ['anthropic', 'claude-fable-5 claude-mythos-1', 'us', 1.1],
  ['anthropic', 'claude-opus-4-5 claude-haiku-4-5 claude-3-haiku our-claude-opus-4-6', 'us', 1],
  ['anthropic', 'claude-opus-4-6 claude-3-haiku', 'global not_available', 1],
  ['anthropic', 'claude-opus-4-6 claude-3-haiku', 'eu us-1 aus not-global global-1', undefined],
  ['mistral', 'mistral-large-2512', 'eu', undefined],
]

test.each(rows)('%s, %s: %s cost %d times the price that is listed', (provider, models, places, factor) => {
  for (const product of models.split(' '))
    for (const place of places.split(' '))
      expect(findPlaceRule({ provider, product, places: [place] })?.factor, `${product} ${place}`).toBe(factor)
})

test('the most precise name of a place decides', () => {
  const places = ['vertex/us-central1', 'vertex-region', 'vertex']
  expect(findPlaceRule({ provider: 'google', product: 'gemini-3.6-flash', places })).toBeUndefined()
  expect(findPlaceRule({ provider: 'google', product: 'gemini-3.6-flash', places: [] })).toBeUndefined()
})
