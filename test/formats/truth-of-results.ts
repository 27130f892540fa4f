import type { Usage } from '../../src/metadata/usage.ts'

/** A document, or a line of one, that tells of work which another request began, and what is true of its answers. */
export interface ResultTruth {
  readonly format: string
  readonly what: string
  readonly document: unknown
  readonly answers: readonly {
    readonly model: string
    readonly usage: Usage
    /** For whom the price is looked up. */
    readonly provider: string
    /** Worked out by hand, in USD; prices for a million tokens as the providers' pages had them on 2026-11-28. */
    readonly usd: number
  }[]
}

const chatUsage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
const counted: Usage = { input: 1000, output: 100 }
const mini = 'gpt-4o-mini-2024-07-18'
const line = (body: object) => ({ id: 'batch_req_1', custom_id: 'a', response: { status_code: 200, body } })

/** A batch costs half. */
export const resultTruths: readonly ResultTruth[] = [
  {
    format: 'openai-batch',
    what: 'the finished batch has the usage of all its calls',
    document: {
      id: 'b1',
      object: 'batch',
      status: 'completed',
      model: mini,
      usage: {
        input_tokens: 1000,
        output_tokens: 100,
        total_tokens: 1100,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 0 },
      },
    },
    answers: [
      {
        model: mini,
        usage: { input: 1000, cacheRead: 0, output: 100, reasoning: 0 },
        provider: 'openai',
        usd: 0.000105, // 1,000 × 0.075 + 100 × 0.30
      },
    ],
  },
  {
    format: 'openai-batch',
    what: 'a line of its file has the answer to a chat',
    document: line({ id: 'c1', model: mini, usage: chatUsage }),
    answers: [{ model: mini, usage: counted, provider: 'openai', usd: 0.000105 }],
  },
  {
    format: 'openai-batch',
    what: 'or to a response, with the search that it made',
    document: line({
      id: 'r1',
      object: 'response',
      status: 'completed',
      model: 'gpt-4.1',
      output: [{ type: 'web_search_call', action: { type: 'search' } }],
      usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
    }),
    answers: [
      {
        model: 'gpt-4.1',
        usage: { ...counted, fees: [{ unit: 'webSearch', quantity: 1 }] },
        provider: 'openai',
        usd: 0.0114, // half of 1,000 × 2 + 100 × 8, and the whole of 0.01
      },
    ],
  },
  {
    format: 'anthropic-batch',
    what: 'a line has a message',
    document: {
      custom_id: 'a',
      result: {
        type: 'succeeded',
        message: {
          id: 'm1',
          type: 'message',
          model: 'claude-sonnet-4-5-20250929',
          usage: {
            input_tokens: 1000,
            cache_creation_input_tokens: 200,
            cache_read_input_tokens: 400,
            output_tokens: 100,
            service_tier: 'batch',
          },
        },
      },
    },
    answers: [
      {
        model: 'claude-sonnet-4-5-20250929',
        usage: { input: 1000, cacheWrite5m: 200, cacheRead: 400, output: 100 },
        provider: 'anthropic',
        usd: 0.002685, // half of 1,000 × 3 + 200 × 3.75 + 400 × 0.30 + 100 × 15
      },
    ],
  },
  {
    format: 'gemini-batch',
    what: 'the operation has the answers, with their thinking',
    document: {
      name: 'batches/b1',
      done: true,
      metadata: { model: 'models/gemini-2.5-flash' },
      response: {
        inlinedResponses: {
          inlinedResponses: [
            {
              response: {
                responseId: 'g1',
                usageMetadata: {
                  promptTokenCount: 1000,
                  candidatesTokenCount: 60,
                  thoughtsTokenCount: 40,
                  totalTokenCount: 1100,
                },
              },
            },
          ],
        },
      },
    },
    answers: [
      {
        model: 'gemini-2.5-flash',
        usage: { input: 1000, output: 60, reasoning: 40 },
        provider: 'google',
        usd: 0.000275, // 1,000 × 0.15 + 100 × 1.25
      },
    ],
  },
  {
    format: 'mistral-batch',
    what: 'a line has the answer to a chat',
    document: line({ id: 'm1', model: 'mistral-large-2512', usage: chatUsage }),
    answers: [
      { model: 'mistral-large-2512', usage: counted, provider: 'mistral', usd: 0.000325 }, // 1,000 × 0.25 + 100 × 0.75
    ],
  },
  {
    format: 'perplexity-async',
    what: 'the job has the answer',
    document: {
      id: 'p1',
      model: 'sonar',
      status: 'COMPLETED',
      response: { id: 'c', model: 'sonar', usage: { ...chatUsage, search_context_size: 'low' } },
    },
    answers: [
      {
        model: 'sonar',
        usage: { ...counted, fees: [{ unit: 'request', quantity: 1, variant: 'low' }] },
        provider: 'perplexity',
        usd: 0.0061, // 1,000 × 1 + 100 × 1, and 0.005 for the request
      },
    ],
  },
  {
    format: 'openai-videos',
    what: 'a video has its seconds',
    document: { id: 'v1', object: 'video', status: 'completed', model: 'sora-2', seconds: '4', size: '1280x720' },
    answers: [
      {
        model: 'sora-2',
        usage: { fees: [{ unit: 'videoSecond', quantity: 4, variant: '1280x720' }] },
        provider: 'openai',
        usd: 0.4,
      },
    ],
  },
  {
    format: 'openai-fine-tuning',
    what: 'a job that has ended has the tokens that it trained on',
    document: {
      id: 'ftjob-1',
      object: 'fine_tuning.job',
      model: 'gpt-4.1-mini-2025-04-14',
      fine_tuned_model: 'ft:gpt-4.1-mini-2025-04-14:acme::A1b2',
      status: 'succeeded',
      method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 3, batch_size: 1 } } },
      trained_tokens: 200_000,
    },
    answers: [
      {
        model: 'gpt-4.1-mini-2025-04-14',
        usage: { fees: [{ unit: 'trainedToken', quantity: 200_000 }] },
        provider: 'openai',
        usd: 1, // 200,000 × 5
      },
    ],
  },
  {
    format: 'openai-fine-tuning',
    what: 'one that was cancelled is charged for what it had trained on, and a model may be tuned again',
    document: {
      id: 'ftjob-2',
      object: 'fine_tuning.job',
      model: 'ft:gpt-4o-mini-2024-07-18:acme::A1b2',
      status: 'cancelled',
      trained_tokens: 10_000,
    },
    answers: [
      {
        model: 'ft:gpt-4o-mini-2024-07-18:acme::A1b2',
        usage: { fees: [{ unit: 'trainedToken', quantity: 10_000 }] },
        provider: 'openai',
        usd: 0.03, // 10,000 × 3
      },
    ],
  },
  {
    format: 'together-fine-tuning',
    what: "a job states its tokens; what it states of its price is the wire's to say",
    document: { id: 'ft-1', status: 'completed', model: 'gpt-4.1', token_count: 1000, total_price: 480_000 },
    answers: [
      {
        model: 'gpt-4.1',
        usage: { fees: [{ unit: 'trainedToken', quantity: 1000 }] },
        provider: 'openai',
        usd: 0.025,
      },
    ],
  },
  {
    format: 'openai-responses',
    what: 'a response that was made in the background',
    document: {
      id: 'r1',
      object: 'response',
      background: true,
      status: 'completed',
      model: 'gpt-5-2025-08-07',
      output: [],
      usage: {
        input_tokens: 1000,
        output_tokens: 100,
        total_tokens: 1100,
        output_tokens_details: { reasoning_tokens: 60 },
      },
    },
    answers: [
      {
        model: 'gpt-5-2025-08-07',
        usage: { input: 1000, output: 40, reasoning: 60 },
        provider: 'openai',
        usd: 0.00225, // 1,000 × 1.25 + 100 × 10
      },
    ],
  },
]
