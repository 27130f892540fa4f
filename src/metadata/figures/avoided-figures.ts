import type { CacheHit } from '../event.ts'
import { completionTokensOf, promptTokensOf, totalTokensOf, type Usage } from '../usage.ts'
import { figureOf } from './figure.ts'
import { tallied } from './subject.ts'
import type { HitTally } from './tally.ts'

// What was not spent stands apart from what was: nothing here is in any total of requests, tokens or cost.

/** Calls that were answered by what was kept. */
export const cacheHits: HitTally = {
  of: 'cache-hit',
  what: 'calls that the cache of the run answered',
  keeps: 'count',
  read: () => 1,
}

const promptTokens = summing('input tokens that were avoided', (usage) => promptTokensOf(usage) ?? 0)
const completionTokens = summing('output tokens that were avoided', (usage) => completionTokensOf(usage) ?? 0)
const tokens = summing('tokens that were avoided', totalTokensOf)
const cachedTokens = summing(
  'avoided tokens that the provider had read from its cache',
  ({ cacheRead }) => cacheRead ?? 0,
)
const cacheWrites = summing(
  'avoided tokens that the provider had written to its cache',
  ({ cacheWrite5m = 0, cacheWrite1h = 0 }) => cacheWrite5m + cacheWrite1h,
)
const reasoningTokens = summing('reasoning tokens that were avoided', ({ reasoning }) => reasoning ?? 0)
const audioTokens = summing(
  'audio tokens that were avoided',
  ({ inputAudio = 0, outputAudio = 0 }) => inputAudio + outputAudio,
)
const money = paying('cost that was avoided', ({ avoidedCost }) =>
  avoidedCost?.status === 'simulated' ? undefined : avoidedCost?.picodollars,
)
const rehearsedMoney = paying('cost that a rehearsal avoided', ({ avoidedCost }) =>
  avoidedCost?.status === 'simulated' ? avoidedCost.picodollars : undefined,
)
const unpriced: HitTally = {
  of: 'cache-hit',
  what: 'calls of which the avoided cost, or a part of it, is not known',
  keeps: 'count',
  read: ({ avoidedCost }) => (avoidedCost === undefined || avoidedCost.reason !== undefined ? 1 : undefined),
}

function summing(what: string, read: (usage: Usage) => number): HitTally {
  return {
    of: 'cache-hit',
    what,
    keeps: 'sum',
    read: ({ avoidedUsage }) => avoidedUsage && read(avoidedUsage),
  }
}

function paying(what: string, read: (hit: CacheHit) => number | undefined): HitTally {
  return { of: 'cache-hit', what, keeps: 'money', read }
}

const isSome = (number: number) => number > 0

/** `avoided`: what kept answers have saved. */
export const avoidedFigures = {
  requests: figureOf({
    sentence: 'Calls that were answered from the cache of the run (`--cache`), without a request.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, cacheHits),
    gate: { name: 'avoided_requests', title: 'requests avoided', better: 'higher', isTotal: true },
  }),
  total_prompt_tokens: figureOf({
    sentence: 'Input tokens of these answers when they were asked for, cached ones included.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, promptTokens),
  }),
  total_completion_tokens: figureOf({
    sentence: 'Their output tokens, reasoning included.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, completionTokens),
  }),
  total_tokens: figureOf({
    sentence: 'Input and output; the total of the provider where it stated another one.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, tokens),
  }),
  cached_prompt_tokens: figureOf({
    sentence: 'Of the input what the provider had read from its own cache.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, cachedTokens),
  }),
  cache_write_tokens: figureOf({
    sentence: 'Of the input what the provider had written to its own cache.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, cacheWrites),
  }),
  reasoning_tokens: figureOf({
    sentence: 'Of the output what nobody sees.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, reasoningTokens),
  }),
  audio_tokens: figureOf({
    sentence: 'Tokens of audio, in and out.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, audioTokens),
  }),
  cost_usd: figureOf({
    sentence: 'USD that these requests would have cost at the prices of the run; in no total.',
    unit: 'usd',
    formula: ({ subject }) => tallied(subject, money),
    gate: { name: 'avoided_cost', title: 'cost avoided', better: 'higher', isTotal: true },
  }),
  simulated_cost_usd: {
    ...figureOf({
      sentence: 'What rehearsed requests would have cost in a run that is none; only where there are any.',
      unit: 'usd',
      formula: ({ subject }) => tallied(subject, rehearsedMoney),
      isWritten: isSome,
    }),
    isAdded: true as const,
  },
  unpriced_requests: figureOf({
    sentence: 'Calls for which that cost, or a part of it, is not known and counted as $0.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, unpriced),
  }),
}
