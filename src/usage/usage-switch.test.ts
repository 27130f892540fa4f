import { expect, test } from 'vitest'
import { takesUsageSwitch } from './usage-switch.ts'

test.each([
  ['https://api.openai.com/v1/chat/completions', true],
  ['https://eu.api.openai.com/v1/chat/completions', true],
  ['https://x.openai.azure.com/openai/v1/chat/completions', true],
  ['https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21', true],
  ['https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-06-01', false],
  ['https://api.deepseek.com/chat/completions', true],
  ['https://generativelanguage.googleapis.com/v1beta/openai/chat/completions', true],
  // Mistral's models there refuse it.
  ['https://x.services.ai.azure.com/models/chat/completions', false],
  ['https://api.mistral.ai/v1/chat/completions', false],
  ['https://gateway.example.com/v1/chat/completions', false],
  ['http://127.0.0.1:8000/v1/chat/completions', true],
  ['http://[::1]:8000/v1/chat/completions', true],
  ['http://[fd12:3456::1]:8000/v1/chat/completions', true],
  ['http://[2001:db8::1]:8000/v1/chat/completions', false],
  ['http://vllm:8000/v1/chat/completions', true],
  ['http://10.1.2.3/v1/chat/completions', true],
  ['http://gpu.internal/v1/chat/completions', true],
  ['http://x10.example.com/v1/chat/completions', false],
  ['http://gpu.internal.example.com/v1/chat/completions', false],
])('%s: %s', (url, takes) => {
  expect(takesUsageSwitch(new URL(url))).toBe(takes)
})
