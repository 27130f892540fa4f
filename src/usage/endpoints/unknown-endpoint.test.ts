import { expect, test } from 'vitest'
import { isUnknownModelCall, mightBeUnknownEndpoint, pathWithoutIds } from './unknown-endpoint.ts'

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
])('ids go from %s', (path, expected) => {
  expect(pathWithoutIds(path)).toBe(expected)
})
