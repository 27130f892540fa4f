import { z } from 'zod'
import { SygraError } from '../../errors.ts'

/** What a run may come to before it stops. A limit left out does not hold. */
export interface RunLimits {
  /** US dollars, all sessions of the run together. */
  readonly maxCostUsd?: number
  /** Requests to models, retries included, all sessions together. */
  readonly maxRequests?: number
  /** Tokens of prompts and answers, all sessions together. */
  readonly maxTokens?: number
  /** Failed records: a number, or a share such as `5%`, judged from the 20th record on. */
  readonly maxFailures?: number | string
  /** Seconds that one session may take. */
  readonly timeoutSeconds?: number
}

/** More failed records than this stop a run. */
export type FailureLimit = { readonly count: number } | { readonly share: number }

const amount = z.number().nonnegative()
const wholeAmount = amount.int()
const failures = z.union([wholeAmount, z.string().regex(/^\d+(\.\d+)?%?$/, 'a number, or a share such as 5%')])

/** `limits` of a task's configuration. */
export const limitsShape = {
  max_cost: amount.optional().describe('US dollars the run may cost; --max-cost goes before it.'),
  max_requests: wholeAmount.optional().describe('Requests to models, retries included.'),
  max_tokens: wholeAmount.optional().describe('Tokens of prompts and answers together.'),
  max_failures: failures.optional().describe('Failed records: a number, or a share such as 5%.'),
  timeout: z.number().positive().optional().describe('Seconds that one session of the run may take.'),
}

type LimitsConfig = z.infer<z.ZodObject<typeof limitsShape>>

/**
 * The limits of a run: those of its options, and of the task's configuration where the options say nothing.
 *
 * @throws SygraError `bad_argument` for a limit that is no amount.
 */
export function limitsOf(options: RunLimits, config: LimitsConfig = {}): RunLimits {
  const limits = {
    maxCostUsd: options.maxCostUsd ?? config.max_cost,
    maxRequests: options.maxRequests ?? config.max_requests,
    maxTokens: options.maxTokens ?? config.max_tokens,
    maxFailures: options.maxFailures ?? config.max_failures,
    timeoutSeconds: options.timeoutSeconds ?? config.timeout,
  }
  for (const name of ['maxCostUsd', 'maxRequests', 'maxTokens', 'timeoutSeconds'] as const) {
    const value = limits[name]
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue
    throw new SygraError('bad_argument', `${name}: expected a number, 0 or more; found ${value}`)
  }
  if (limits.maxFailures !== undefined) parseFailureLimit(limits.maxFailures)
  return limits
}

/** Reads `10` or `5%`. */
export function parseFailureLimit(value: number | string): FailureLimit {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(String(value).trim()) ?? []
  const number = Number(digits)
  if (digits !== undefined && percent === '%' && number <= 100) return { share: number / 100 }
  if (digits !== undefined && percent === '' && Number.isInteger(number)) return { count: number }
  throw new SygraError(
    'bad_argument',
    `maxFailures: expected a whole number of records, or a share such as 5%; found ${value}`,
  )
}

/** Whether anything is limited that requests use up. */
export function limitsRequests({ maxCostUsd, maxRequests, maxTokens }: RunLimits): boolean {
  return maxCostUsd !== undefined || maxRequests !== undefined || maxTokens !== undefined
}
