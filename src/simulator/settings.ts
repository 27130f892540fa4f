import { z } from 'zod'
import { SygraError } from '../errors.ts'

const seconds = z.number().nonnegative().max(86_400)
const rate = z.number().min(0).max(1)

/** What a simulated provider is like. Every setting has a default; `--help` and docs/simulator.md say the same. */
export const simulatorSettings = z
  .strictObject({
    seed: z.number().int().default(1).describe('same seed, same run: answers, faults and times are drawn from it'),
    latencySeconds: seconds
      .default(0.15)
      .describe('mean wait before the model starts (network and queue), log-normal; failed attempts wait it too'),
    latencySigma: z.number().min(0).max(3).default(0.5).describe('spread of the waits: deviation of their logarithm'),
    timeToFirstTokenSeconds: seconds.default(0.2).describe('mean time from there to the first token, log-normal'),
    tokensPerSecond: z.number().nonnegative().default(150).describe('speed of one answer; 0 gives all tokens at once'),
    timeScale: z
      .number()
      .min(0)
      .max(1000)
      .default(1)
      .describe('factor on every wait, Retry-After included; 0 means no waiting at all'),
    rateLimitRate: rate.default(0).describe('share of requests answered 429 with Retry-After'),
    retryAfterSeconds: seconds.default(1).describe('what a 429 asks the client to wait'),
    serverErrorRate: rate.default(0).describe('share of requests answered 500, 502 or 503'),
    dropRate: rate.default(0).describe('share of connections destroyed before or in the middle of the answer'),
    brokenJsonRate: rate.default(0).describe('share of answers with status 200 and a body that does not parse'),
    maxFaultsPerCall: z
      .number()
      .int()
      .nonnegative()
      .max(1000)
      .default(2)
      .describe('at most so many faults in a row for one request body, so that no call is doomed; 0 means no faults'),
    answerTokens: z.number().positive().max(100_000).default(120).describe('mean length of a plain text answer'),
    answerTokensSigma: z
      .number()
      .min(0)
      .max(2)
      .default(0.5)
      .describe('spread of these lengths: deviation of their logarithm; 0 gives the mean itself'),
    reasoningTokens: z
      .number()
      .nonnegative()
      .max(100_000)
      .default(256)
      .describe('mean of hidden reasoning tokens, for reasoning models only (o-series, gpt-5)'),
    cacheHitRate: rate
      .default(0)
      .describe('share of prompts of 1,024 tokens or more whose shared prefix is reported as cached'),
    ignoresWording: z
      .boolean()
      .default(false)
      .describe(
        'answers of which no word depends on the wording of a prompt: with the same seed a record gets answers of the same length at each node, and as many rounds, however it is asked',
      ),
    batchSeconds: seconds
      .default(20)
      .describe('mean time from handing in a batch to its last answer, log-normal; times timeScale'),
    batchExpiryRate: rate
      .default(0)
      .describe('share of batches that expire: the second half of their lines is not answered'),
    maxLogEntries: z.number().int().positive().default(100_000).describe('how many served attempts the log keeps'),
  })
  .refine((settings) => faultRateOf(settings) <= 1, {
    message: 'the rates of rate limits, server errors, drops and broken JSON add up to more than 1',
    path: ['rateLimitRate'],
  })

export type SimulatorSettings = z.output<typeof simulatorSettings>
export type SimulatorSettingsInput = z.input<typeof simulatorSettings>

/** Settings with their defaults; throws a SygraError that names each setting that is wrong. */
export function parseSimulatorSettings(settings: SimulatorSettingsInput): SimulatorSettings {
  const parsed = simulatorSettings.safeParse(settings)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`)
  throw new SygraError('bad_argument', `simulator: ${problems.join('; ')}`, { cause: parsed.error })
}

interface FaultRates {
  readonly rateLimitRate: number
  readonly serverErrorRate: number
  readonly dropRate: number
  readonly brokenJsonRate: number
}

function faultRateOf(rates: FaultRates): number {
  // Rounded, because 0.7 + 0.2 + 0.1 is more than 1 in binary.
  return Number((rates.rateLimitRate + rates.serverErrorRate + rates.dropRate + rates.brokenJsonRate).toFixed(9))
}
