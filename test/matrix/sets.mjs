const twoHundredAgents = {
  agent: 'outer-0',
  tool: 'lookup',
  // Two answers each and three with that of the agent within; an answer has 136 tokens.
  tokens: Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [
      [`outer-${index}`, { own: 272, inclusive: 408 }],
      [`inner-${index}`, { own: 136, inclusive: 136 }],
    ]).flat(),
  ),
}

/**
 * What is installed together in one empty folder, the Node it needs by its own `engines`, and the program that is run with
 * it. `agent` and `tool`: of which the account must show executions, and requests of the agent. `tokens`: what each agent must
 * have used, itself and with all that it called.
 */
export const sets = [
  { name: 'openai 6', packages: ['openai@6'], program: 'openai.mjs' },
  { name: 'openai 7', packages: ['openai@7'], minNode: 22, program: 'openai.mjs' },
  {
    name: 'ai 6',
    packages: ['ai@6', '@ai-sdk/openai@3', '@ai-sdk/anthropic@3', 'zod@4'],
    program: 'ai.mjs',
    agent: 'planner',
    tool: 'lookup',
  },
  {
    name: 'ai 7',
    packages: [
      ...['ai@7', '@ai-sdk/openai@4', '@ai-sdk/anthropic@4', '@ai-sdk/google@4', '@ai-sdk/google-vertex@5'],
      ...['@ai-sdk/amazon-bedrock@5', 'zod@4'],
    ],
    minNode: 22,
    program: 'ai.mjs',
    agent: 'planner',
    tool: 'lookup',
    tokens: { extractor: { own: 136, inclusive: 136 } },
  },
  {
    name: 'ai 6, 200 agents at once',
    packages: ['ai@6', '@ai-sdk/openai@3', 'zod@4'],
    program: 'ai-agents.mjs',
    ...twoHundredAgents,
  },
  {
    name: 'ai 7, 200 agents at once',
    packages: ['ai@7', '@ai-sdk/openai@4', 'zod@4'],
    minNode: 22,
    program: 'ai-agents.mjs',
    ...twoHundredAgents,
  },
  {
    name: 'ai 6, all providers',
    packages: ['ai@6', '@ai-sdk/google@3', '@ai-sdk/amazon-bedrock@4'],
    program: 'none.mjs',
  },
  { name: 'undici 6', packages: ['undici@6'], program: 'undici.mjs' },
  { name: 'undici 7', packages: ['undici@7'], program: 'undici.mjs' },
  { name: 'undici 8', packages: ['undici@8'], minNode: 22.19, program: 'undici.mjs' },
  { name: '@google/genai 1', packages: ['@google/genai@1'], program: 'google-genai.mjs' },
  { name: '@google/genai 2', packages: ['@google/genai@2'], program: 'google-genai.mjs' },
  { name: '@google/genai 3', packages: ['@google/genai@3'], minNode: 22, program: 'google-genai.mjs' },
  {
    name: '@langchain/openai 1.5',
    packages: ['@langchain/openai@~1.5.8', '@langchain/core', '@langchain/langgraph', 'zod@4'],
    program: 'langchain.mjs',
    agent: 'planner',
    tool: 'lookup',
  },
  {
    name: '@langchain/openai 1.6',
    packages: ['@langchain/openai@~1.6.0', '@langchain/core', '@langchain/langgraph', 'zod@4'],
    minNode: 22,
    program: 'langchain.mjs',
    agent: 'planner',
    tool: 'lookup',
  },
  {
    name: '@openai/agents 0.13',
    packages: ['@openai/agents@~0.13.5', 'zod@4'],
    program: 'agents.mjs',
    agent: 'planner',
    tool: 'lookup',
  },
  {
    name: '@openai/agents newest',
    packages: ['@openai/agents@latest', 'zod@4'],
    minNode: 22,
    program: 'agents.mjs',
    agent: 'planner',
    tool: 'lookup',
  },
  { name: '@anthropic-ai/sdk 0', packages: ['@anthropic-ai/sdk@0'], program: 'anthropic.mjs' },
  { name: '@anthropic-ai/sdk 1', packages: ['@anthropic-ai/sdk@1'], program: 'anthropic.mjs' },
  // Both majors of OpenTelemetry's SDK, and of the SDKs beside it.
  { name: 'OpenTelemetry 1, openai 6', packages: ['openai@6', ...openTelemetry(1)], program: 'otel.mjs' },
  { name: 'OpenTelemetry 2, openai 7', packages: ['openai@7', ...openTelemetry(2)], minNode: 22, program: 'otel.mjs' },
  {
    name: 'OpenTelemetry 1, ai 6',
    packages: ['ai@6', '@ai-sdk/openai@3', 'zod@4', ...openTelemetry(1)],
    program: 'otel.mjs',
  },
  {
    name: 'OpenTelemetry 2, ai 7',
    packages: ['ai@7', '@ai-sdk/openai@4', 'zod@4', ...openTelemetry(2)],
    minNode: 22,
    program: 'otel.mjs',
  },
]

function openTelemetry(major) {
  const packages = ['sdk-trace-base', 'context-async-hooks'].map((name) => `@opentelemetry/${name}@${major}`)
  return ['@opentelemetry/api@1', ...packages]
}

/** The newest of each SDK, all in one folder. */
export const newest = [
  ...[
    'openai 7',
    'ai 7',
    'ai 7, 200 agents at once',
    'undici 8',
    '@google/genai 3',
    '@langchain/openai 1.6',
    '@openai/agents newest',
  ],
  '@anthropic-ai/sdk 1',
]
