import { completionTokensOf, promptTokensOf, totalTokensOf } from '../usage.ts'
import { addedFigure, figureOf } from './figure.ts'
import { figure, quotient } from './formula.ts'
import { tallied } from './subject.ts'
import type { UsageTally } from './tally.ts'

// Each tally reads with a function of its own, as those of requests do.

export const promptTokens = summing('input tokens', ({ usage }) => usage && (promptTokensOf(usage) ?? 0))
export const completionTokens = summing('output tokens', ({ usage }) => usage && (completionTokensOf(usage) ?? 0))
export const totalTokens = summing('tokens', ({ usage }) => usage && totalTokensOf(usage))
const cachedTokens = summing('tokens read from a cache', ({ usage }) => usage && (usage.cacheRead ?? 0))
const cacheWrites = summing(
  'tokens written to a cache',
  ({ usage }) => usage && (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0),
)
const reasoningTokens = summing('reasoning tokens', ({ usage }) => usage && (usage.reasoning ?? 0))
const audioTokens = summing('audio tokens', ({ usage }) => usage && (usage.inputAudio ?? 0) + (usage.outputAudio ?? 0))
const estimates = summing('estimated tokens', ({ estimatedUsage }) => estimatedUsage && totalTokensOf(estimatedUsage))

/** Attempts that reported usage: the divisor of the averages. */
export const reports: UsageTally = {
  of: 'usage',
  what: 'requests that reported usage',
  keeps: 'count',
  read: ({ usage }) => (usage === undefined ? undefined : 1),
}
const silentAnswers: UsageTally = {
  of: 'usage',
  what: 'answers without usage',
  keeps: 'count',
  read: ({ status, usage }) => (usage === undefined && hasAnswer(status) ? 1 : undefined),
}

function summing(what: string, read: UsageTally['read']): UsageTally {
  return { of: 'usage', what, keeps: 'sum', read }
}

/** True when an answer came, or a part of one. */
export function hasAnswer(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300
}

/** Input, output and both together. */
export const totalTokenFigures = {
  total_prompt_tokens: figureOf({
    sentence: 'All input tokens, cached ones included.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, promptTokens),
    gate: { name: 'prompt_tokens', title: 'tokens in', better: 'lower', isTotal: true },
  }),
  total_completion_tokens: figureOf({
    sentence: 'All output tokens, reasoning included.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, completionTokens),
    gate: { name: 'completion_tokens', title: 'tokens out', better: 'lower', isTotal: true },
  }),
  total_tokens: figureOf({
    sentence: 'Input and output; the total of the provider where it states another one.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, totalTokens),
    gate: { name: 'total_tokens', title: 'tokens', better: 'lower', isTotal: true },
  }),
}

/** The classes within the totals, and what is not in them. */
export const tokenClassFigures = {
  cached_prompt_tokens: addedFigure({
    sentence: 'Input tokens that were read from a cache.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, cachedTokens),
  }),
  cache_write_tokens: addedFigure({
    sentence: 'Input tokens that were written to a cache.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, cacheWrites),
  }),
  reasoning_tokens: addedFigure({
    sentence: 'Output tokens of reasoning, which nobody sees.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, reasoningTokens),
  }),
  audio_tokens: addedFigure({
    sentence: 'Tokens of audio, in and out.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, audioTokens),
  }),
  requests_without_usage: addedFigure({
    sentence: 'Attempts that gave an answer and did not say what it used.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, silentAnswers),
  }),
  estimated_tokens: addedFigure({
    sentence: 'Estimates for answers without usage; never inside the totals.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, estimates),
  }),
}

/** `tokens` of the run. */
export const tokenFigures = { ...totalTokenFigures, ...tokenClassFigures }

/** `token_statistics` of a model or node. */
export const tokenStatisticsFigures = {
  ...totalTokenFigures,
  avg_prompt_tokens: figureOf({
    sentence: 'Input tokens per attempt that reported usage.',
    unit: 'average',
    formula: ({ subject, block }) => quotient(figure(...block, 'total_prompt_tokens'), tallied(subject, reports)),
  }),
  avg_completion_tokens: figureOf({
    sentence: 'Output tokens per attempt that reported usage.',
    unit: 'average',
    formula: ({ subject, block }) => quotient(figure(...block, 'total_completion_tokens'), tallied(subject, reports)),
  }),
  avg_total_tokens: figureOf({
    sentence: 'All tokens per attempt that reported usage.',
    unit: 'average',
    formula: ({ subject, block }) => quotient(figure(...block, 'total_tokens'), tallied(subject, reports)),
  }),
  ...tokenClassFigures,
}
