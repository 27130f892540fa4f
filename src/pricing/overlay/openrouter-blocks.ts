import type { PriceBlock } from './price-row.ts'

/** OpenRouter: prices of its own list that have moved since the price table was made. */
export const openRouterBlocks: readonly PriceBlock[] = [
  {
    provider: 'openrouter',
    source: 'https://openrouter.ai/models, as models.dev has it of 2026-09-13',
    rows: [
      { model: 'arcee-ai/trinity-large-thinking', from: '2026-09-13', input: 0.25, cacheRead: 0.06, output: 0.8 },
      { model: 'deepseek/deepseek-chat-v3.1', from: '2026-09-13', input: 0.25, cacheRead: 0.13, output: 0.95 },
      { model: 'deepseek/deepseek-v3.2', from: '2026-09-13', input: 0.269, cacheRead: 0.1345, output: 0.4 },
      { model: 'deepseek/deepseek-v4-flash', from: '2026-09-13', input: 0.0651, cacheRead: 0.01302, output: 0.1302 },
      { model: 'deepseek/deepseek-v4-pro', from: '2026-09-13', input: 1.6, cacheRead: 0.135, output: 3.2 },
      { model: 'google/gemma-4-26b-a4b-it', from: '2026-09-13', input: 0.09, cacheRead: 0.05, output: 0.3 },
      { model: 'meta-llama/llama-3.1-8b-instruct', from: '2026-09-13', input: 0.05, cacheRead: 0.025, output: 0.08 },
      { model: 'minimax/minimax-m2', from: '2026-09-13', input: 0.255, output: 1.02 },
      { model: 'minimax/minimax-m2.1', from: '2026-09-13', input: 0.3, cacheRead: 0.03, output: 1.2 },
      { model: 'minimax/minimax-m2.5', from: '2026-09-13', input: 0.27, cacheRead: 0.027, output: 1.08 },
      { model: 'moonshotai/kimi-k2.6', from: '2026-09-13', input: 0.95, cacheRead: 0.16, output: 4 },
      { model: 'moonshotai/kimi-k3', from: '2026-09-13', input: 2.648138, cacheRead: 0.302644, output: 13.282724 },
      {
        model: 'nvidia/nemotron-3-ultra-550b-a55b',
        from: '2026-09-13',
        input: 0.625,
        cacheRead: 0.1875,
        output: 3.125,
      },
      { model: 'openai/gpt-5-nano', from: '2026-09-13', input: 0.05, cacheRead: 0.005, output: 0.4 },
      { model: 'openai/gpt-5.1-codex-mini', from: '2026-09-13', input: 0.25, cacheRead: 0.03, output: 2 },
      { model: 'qwen/qwen3-30b-a3b-thinking-2507', from: '2026-09-13', input: 0.2, output: 2.4 },
      { model: 'qwen/qwen3-coder', from: '2026-09-13', input: 0.3, cacheRead: 0.1, output: 1 },
      { model: 'qwen/qwen3-coder-30b-a3b-instruct', from: '2026-09-13', input: 0.07, output: 0.28 },
      { model: 'qwen/qwen3-vl-235b-a22b-instruct', from: '2026-09-13', input: 0.21, cacheRead: 0.1, output: 1.9 },
      { model: 'qwen/qwen3-vl-235b-a22b-thinking', from: '2026-09-13', input: 0.4, output: 4 },
      { model: 'qwen/qwen3-vl-30b-a3b-instruct', from: '2026-09-13', input: 0.15, output: 0.6 },
      { model: 'qwen/qwen3-vl-30b-a3b-thinking', from: '2026-09-13', input: 0.2, output: 2.4 },
      { model: 'qwen/qwen3.5-35b-a3b', from: '2026-09-13', input: 0.3125, cacheRead: 0.15625, output: 1.25 },
      { model: 'qwen/qwen3.7-max', from: '2026-09-13', input: 1.475, cacheRead: 0.295, output: 4.425 },
      { model: 'tencent/hy3-preview', from: '2026-09-13', input: 0.18, cacheRead: 0.06, output: 0.6 },
      { model: 'z-ai/glm-4.7-flash', from: '2026-09-13', input: 0.0605, output: 0.4 },
      { model: '~google/gemini-flash-latest', from: '2026-09-13', input: 0.75, cacheRead: 0.075, output: 3.75 },
    ],
  },
]
