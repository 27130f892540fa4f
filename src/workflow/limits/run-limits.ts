import { SygraError } from '../../errors.ts'

/** What a run may come to before it stops. A limit left out does not hold. */
export interface RunLimits {
  /** US dollars, all sessions of the run together. */
  readonly maxCostUsd?: number
  /** Requests to models, retries included, all sessions together. */
  readonly maxRequests?: number
  /** Tokens of prompts and answers, all sessions together. */
  readonly maxTokens?: number
  /** Failed records: a number, or a share such as `5%`, judged from the 20th record on and at the end. */
  readonly maxFailures?: number | string
  /** Seconds that one session may take. */
  readonly timeoutSeconds?: number
}

export type LimitName = keyof RunLimits

/** More failed records than this stop a run. */
export type FailureLimit = { readonly count: number } | { readonly share: number }

/** What a limit may be, in the words of whoever wrote it, and how it is read. */
interface Grammar {
  /** What is expected, for errors. */
  readonly expected: string
  /** The limit; undefined for what is none. */
  readonly read: (given: unknown) => number | string | undefined
}

const amount: Grammar = {
  expected: 'an amount of US dollars, 0 or more',
  read: (given) => atLeast(0, numberOf(given)),
}

const count: Grammar = {
  expected: 'a whole number, 0 or more',
  read: (given) => wholeOf(given),
}

const failures: Grammar = {
  expected: 'a whole number of records, 0 or more, or a share such as 5%',
  read: (given) => (shareOf(given) === undefined ? wholeOf(given) : String(given).trim()),
}

const time: Grammar = {
  expected: 'a time above 0, such as 90 (seconds), 30min or 8h',
  read: (given) => {
    const seconds = secondsOf(given)
    return seconds !== undefined && seconds > 0 ? seconds : undefined
  },
}

/** Every limit: how it is read, and its name in `graph_config.yaml`. */
const limits: Readonly<Record<LimitName, { readonly key: keyof LimitsConfig; readonly grammar: Grammar }>> = {
  maxCostUsd: { key: 'max_cost', grammar: amount },
  maxRequests: { key: 'max_requests', grammar: count },
  maxTokens: { key: 'max_tokens', grammar: count },
  maxFailures: { key: 'max_failures', grammar: failures },
  timeoutSeconds: { key: 'timeout', grammar: time },
}

/** `limits` of a task's configuration, checked. */
export interface LimitsConfig {
  readonly max_cost?: number | string | undefined
  readonly max_requests?: number | string | undefined
  readonly max_tokens?: number | string | undefined
  readonly max_failures?: number | string | undefined
  readonly timeout?: number | string | undefined
}

/** The key of `limits` in `graph_config.yaml` that sets a limit. */
export function limitKeyOf(name: LimitName): keyof LimitsConfig {
  return limits[name].key
}

/**
 * Reads a limit from whatever says it: a flag, a key of the configuration or an option of `run()`. The same text or number
 * means the same everywhere; who calls this says where it stood.
 */
export function readLimit(
  name: LimitName,
  given: unknown,
): { readonly value: number | string } | { readonly expected: string } {
  const { grammar } = limits[name]
  const value = grammar.read(given)
  return value === undefined ? { expected: grammar.expected } : { value }
}

/**
 * The limits of a run: those of its options, and of the task's configuration where the options say nothing.
 *
 * @throws SygraError `bad_argument` for an option that is no limit.
 */
export function limitsOf(options: RunLimits, config: LimitsConfig = {}): RunLimits {
  return {
    maxCostUsd: chosen('maxCostUsd', options.maxCostUsd, config.max_cost),
    maxRequests: chosen('maxRequests', options.maxRequests, config.max_requests),
    maxTokens: chosen('maxTokens', options.maxTokens, config.max_tokens),
    maxFailures: read('maxFailures', options.maxFailures, config.max_failures),
    timeoutSeconds: chosen('timeoutSeconds', options.timeoutSeconds, config.timeout),
  }
}

function chosen(name: Exclude<LimitName, 'maxFailures'>, option: unknown, configured: unknown): number | undefined {
  const value = read(name, option, configured)
  return typeof value === 'string' ? Number(value) : value
}

function read(name: LimitName, option: unknown, configured: unknown): number | string | undefined {
  const isOption = option !== undefined
  const given = isOption ? option : configured
  if (given === undefined) return undefined
  const found = readLimit(name, given)
  if ('value' in found) return found.value
  const place = isOption ? name : `limits.${limits[name].key}`
  throw new SygraError(
    isOption ? 'bad_argument' : 'bad_config',
    `${place}: found ${typeof given === 'string' ? JSON.stringify(given) : String(given)}; expected ${found.expected}`,
  )
}

/** A limit of failures that was read, as what it counts. */
export function failureLimitOf(value: number | string): FailureLimit {
  const share = shareOf(value)
  return share === undefined ? { count: Number(value) } : { share }
}

/** Whether anything is limited that requests use up. */
export function limitsRequests({ maxCostUsd, maxRequests, maxTokens }: RunLimits): boolean {
  return maxCostUsd !== undefined || maxRequests !== undefined || maxTokens !== undefined
}

function numberOf(given: unknown): number | undefined {
  const isText = typeof given === 'string' && given.trim() !== ''
  const number = isText ? Number(given) : typeof given === 'number' ? given : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

function atLeast(minimum: number, number: number | undefined): number | undefined {
  return number !== undefined && number >= minimum ? number : undefined
}

function wholeOf(given: unknown): number | undefined {
  const number = atLeast(0, numberOf(given))
  return Number.isSafeInteger(number) ? number : undefined
}

/** A share between 0 and 1 of a text such as `5%`; undefined for everything else. */
function shareOf(given: unknown): number | undefined {
  const [, percent] = typeof given === 'string' ? (/^(\d+(?:\.\d+)?)\s?%$/.exec(given.trim()) ?? []) : []
  return percent !== undefined && Number(percent) <= 100 ? Number(percent) / 100 : undefined
}

const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, d: 86_400 }

function secondsOf(given: unknown): number | undefined {
  const [, number, unit = ''] =
    typeof given === 'string' ? (/^(\d+(?:\.\d+)?)(s|min|h|d)$/.exec(given.trim()) ?? []) : []
  return number === undefined ? numberOf(given) : Number(number) * (secondsPerUnit[unit] ?? 1)
}
