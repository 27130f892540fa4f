import { expect, test } from 'vitest'
import {
  isModelSocket,
  isUnknownModelCall,
  mightBeModelSocket,
  mightBeUnknownEndpoint,
  pathWithoutIds,
} from './unknown-endpoint.ts'

test.each([
  ['https://api.replicate.com/v1/models/meta/llama-3/predictions', undefined],
  ['https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/mine/invocations', undefined],
  ['https://us-south.ml.cloud.ibm.com/ml/v1/text/generation?version=2024', undefined],
  ['https://x.snowflakecomputing.com/api/v2/cortex/inference:complete', undefined],
  ['https://fal.run/fal-ai/flux/dev', undefined],
  ['https://api.openai.com/v1/videos', 'openai'],
  ['https://api.openai.com/v1/chat/completions/unheard-of', 'openai'],
  ['https://gateway.example.com/v1/images/generations', undefined],
  ['http://127.0.0.1:8000/v1/audio/transcriptions', undefined],
  ['http://127.0.0.1:8080/completion', undefined],
  // Work that is begun here and told of elsewhere.
  ['https://api.openai.com/v1/threads/thread_1/runs', 'openai'],
  ['https://api.openai.com/v1/threads/runs', 'openai'],
  ['http://litellm.example/v1/threads/thread_1/runs', undefined],
  ['https://x.services.ai.azure.com/api/projects/p/threads/t1/runs', 'azure'],
  ['https://api.openai.com/v1/evals/eval_1/runs', 'openai'],
  ['https://api.openai.com/v1/containers', 'openai'],
  ['https://api.openai.com/v1/realtime/client_secrets', 'openai'],
  ['https://api.openai.com/v1/fine_tuning/jobs', 'openai'],
  ['https://api.anthropic.com/v1/sessions/s_1a2b3c/events', 'anthropic'],
  ['https://api.anthropic.com/v1/complete', 'anthropic'],
  ['https://api.perplexity.ai/search', 'perplexity'],
  ['https://generativelanguage.googleapis.com/v1beta/cachedContents', 'google'],
  ['https://generativelanguage.googleapis.com/upload/v1beta/fileSearchStores/a1:uploadToFileSearchStore', 'google'],
  ['https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/batchPredictionJobs', 'google'],
  // Work whose price no answer tells.
  ['https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/tuningJobs', 'google'],
  ['https://bedrock.us-east-1.amazonaws.com/model-customization-jobs', undefined],
  ['https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/reasoningEngines/1:query', 'google'],
  ['https://bedrock.us-east-1.amazonaws.com/model-invocation-job', undefined],
  ['https://bedrock-agent-runtime.us-east-1.amazonaws.com/agents/A/agentAliases/B/sessions/C/text', 'aws'],
  ['https://api.fireworks.ai/inference/v1/workflows/accounts/fireworks/models/flux/text_to_image', 'fireworks'],
  ['https://x.snowflakecomputing.com/api/v2/cortex/agent:run', undefined],
  ['https://api.minimaxi.com/v1/text/chatcompletion_v2', undefined],
  ['https://r.jina.ai/', undefined],
])('%s is told of', (url, provider) => {
  expect(isUnknownModelCall(new URL(url), provider)).toBe(true)
  if (provider === undefined) expect(mightBeUnknownEndpoint(url)).toBe(true)
})

test.each([
  ['https://api.openai.com/v1/files', 'openai'],
  ['https://api.anthropic.com/v1/messages/count_tokens', 'anthropic'],
  ['https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:countTokens', 'google'],
  ['https://api.openai.com/v1/vector_stores/vs_1/search', 'openai'],
  ['https://api.openai.com/v1/vector_stores/vs_1', 'openai'],
  ['https://api.openai.com/v1/files', 'openai'],
  ['https://api.openai.com/v1/uploads/upload_1/complete', 'openai'],
  ['https://api.openai.com/v1/threads', 'openai'],
  ['https://api.openai.com/v1/threads/thread_1a2b/messages', 'openai'],
  ['https://api.openai.com/v1/organization/projects', 'openai'],
  ['https://api.openai.com/v1/containers/cntr_1a/files', 'openai'],
  ['https://api.openai.com/v1/responses/resp_1/cancel', 'openai'],
  ['https://bedrock-runtime.us-east-1.amazonaws.com/model/m/count-tokens', 'aws'],
  ['https://api.cloudflare.com/client/v4/accounts/a/vectorize/v2/indexes/i/query', 'cloudflare'],
  ['https://x.snowflakecomputing.com/api/v2/statements', undefined],
  ['https://app.example.com/tasks/5/completion', undefined],
  ['https://langgraph.example.com/threads/t1/runs', undefined],
  ['https://adb-1.azuredatabricks.net/api/2.0/jobs/run-now', undefined],
  ['https://example.com/api/orders', undefined],
  ['https://hooks.example.com/messages', undefined],
  ['https://notapi.replicate.com.example.com/v1/x', undefined],
])('%s is not', (url, provider) => {
  expect(isUnknownModelCall(new URL(url), provider)).toBe(false)
})

test.each([
  ['/v1/threads/thread_abc123/runs', '/v1/threads/{id}/runs'],
  ['/v1/models/gemini-2.5-flash-preview-05-20:predict', '/v1/models/gemini-2.5-flash-preview-05-20:predict'],
  ['/v1/projects/acme-prod/locations/us-central1/x:predict', '/v1/projects/{id}/locations/us-central1/x:predict'],
  ['/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/stream', '/v1/text-to-speech/{id}/stream'],
  ['/sk-proj-0a1b2c3d4e5f6a7b8c9d/v1/chat/completions', '/{id}/v1/chat/completions'],
  ['/v1/predictions/7d0f7a3e-1111-4222-8333-944455556666', '/v1/predictions/{id}'],
  ['/api/2.0/serving-endpoints/llama-3-70b/invocations', '/api/2.0/serving-endpoints/llama-3-70b/invocations'],
  ['/a/123', '/a/{id}'],
  ['/a/12', '/a/12'],
  ['/a/v123', '/a/v123'],
  ['/a/2024-10-21', '/a/2024-10-21'],
  ['/a/x%20y', '/a/{id}'],
  ['/a/@cf', '/a/{id}'],
  [`/a/${'ab-'.repeat(27)}`, '/a/{id}'],
  [`/a/${'ab-'.repeat(26)}`, `/a/${'ab-'.repeat(26)}`],
  ['/a/abcdefghijklmnopqrst', '/a/{id}'],
  ['/a/abcdefghijklmnopqrs', '/a/abcdefghijklmnopqrs'],
  ['/a/abc12', '/a/abc12'],
  ['/a/1abc2d', '/a/{id}'],
  ['/a/llama33', '/a/llama33'],
  ['/a/123456789b', '/a/123456789b'],
  ['/a/x.123456789', '/a/{id}'],
  ['/a/x.12345678', '/a/x.12345678'],
  ['/a/sk12ab34:predict', '/a/{id}:predict'],
  ['/a/sk12ab34:9x', '/a/{id}'],
  ['/users/search', '/users/search'],
  ['/users/Jane', '/users/{id}'],
  ['/users/', '/users/'],
  ['/users/aname_of_more', '/users/{id}'],
  ['/1/2/3/4/5/6/7/8/9/10/11/12/13', '/1/2/3/4/5/6/7/8/9/10/11'],
])('ids go from %s', (path, expected) => {
  expect(pathWithoutIds(path)).toBe(expected)
})

test.each([
  ['wss://gateway.example/v1/realtime?model=m', undefined, true],
  ['wss://gateway.example/v1/responses', undefined, true],
  ['wss://gateway.example/ws/x.BidiGenerateContent?key=k', undefined, true],
  ['wss://api.openai.com/x', 'openai', true],
  ['wss://api.deepgram.com/v1/listen', undefined, true],
  ['wss://app.example/socket?path=/realtime', undefined, false],
  ['wss://app.example/realtime/x', undefined, false],
])('a socket to %s of %s leads to a model: %s', (url, provider, isOfModel) => {
  expect(mightBeModelSocket(url)).toBe(isOfModel)
  expect(isModelSocket(new URL(url), provider)).toBe(isOfModel)
})

test.each([
  ['https://user:secret@api.replicate.com:8443/v1/x', true],
  ['https://api.cloudflare.com/client', true],
  ['https://api.replicate.com', true],
  ['https://api.replicate.com?x=/y', true],
  ['api.replicate.com/v1', true],
  ['https://app.example?x=/v1/chat/completions', false],
  ['https://app.example/x#/v1/chat/completions', false],
  ['https://app.example/api.replicate.com', false],
])('a look at %s: %s', (url, isWorthALook) => {
  expect(mightBeUnknownEndpoint(url)).toBe(isWorthALook)
})

test('a slash at the end changes nothing, and a root serves few', () => {
  expect(isUnknownModelCall(new URL('https://gateway.example/v1/images/generations/'), undefined)).toBe(true)
  expect(isUnknownModelCall(new URL('https://api.openai.com/'), 'openai')).toBe(false)
  expect(isUnknownModelCall(new URL('https://api.replicate.com/'), undefined)).toBe(false)
  expect(isUnknownModelCall(new URL('https://api.openai.com/v1/files/file_1A2b'), 'openai')).toBe(false)
  expect(isUnknownModelCall(new URL('https://api.openai.com/v1/files/search'), 'openai')).toBe(true)
})
