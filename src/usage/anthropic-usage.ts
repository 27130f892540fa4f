import type { Usage } from '../metadata/usage.ts'
import { countOf, isRecord, memberOf } from './json-value.ts'
import { normalUsage } from './normal-usage.ts'

/** The `usage` of Anthropic's messages, wherever they are served: its input leaves the cached tokens out. */
export function readAnthropicUsage(usage: unknown): Usage | undefined {
  const counted = executorUsage(usage)
  const writes = splitWrites(counted)
  return normalUsage({
    ...writes,
    input: countOf(memberOf(counted, 'input_tokens')),
    cacheRead: countOf(memberOf(counted, 'cache_read_input_tokens')),
    output: countOf(memberOf(counted, 'output_tokens')),
    reasoning: countOf(memberOf(memberOf(counted, 'output_tokens_details'), 'thinking_tokens')),
    isCacheExtra: true,
  })
}

/** Writes by the life of the cache; what is not split lives for five minutes, which is the default. */
function splitWrites(usage: unknown): { cacheWrite5m?: number; cacheWrite1h?: number } {
  const all = countOf(memberOf(usage, 'cache_creation_input_tokens'))
  const split = memberOf(usage, 'cache_creation')
  const short = countOf(memberOf(split, 'ephemeral_5m_input_tokens'))
  const long = countOf(memberOf(split, 'ephemeral_1h_input_tokens'))
  if (short === undefined && long === undefined) return { cacheWrite5m: all }
  const unsplit = Math.max(0, (all ?? 0) - (short ?? 0) - (long ?? 0))
  return { cacheWrite5m: short === undefined && unsplit === 0 ? undefined : (short ?? 0) + unsplit, cacheWrite1h: long }
}

const countNames = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']

/**
 * What the model of the request used. The counts at the top leave compactions of the context out, so the iterations are
 * added up where there are some; an advisor is another model and stays in the raw usage. After a fallback to another
 * model the iterations are of several models, and the top is what there is.
 */
function executorUsage(usage: unknown): unknown {
  const iterations = memberOf(usage, 'iterations')
  if (!isRecord(usage) || !Array.isArray(iterations)) return usage
  const types = iterations.map((iteration) => memberOf(iteration, 'type'))
  if (!types.includes('compaction') || types.includes('fallback_message')) return usage
  const own = iterations.filter((_, index) => types[index] === 'message' || types[index] === 'compaction')
  const sums = countNames.map((name) => [name, sumOf(own.map((iteration) => countOf(memberOf(iteration, name))))])
  const split = ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'].map((name) => [
    name,
    sumOf(own.map((iteration) => countOf(memberOf(memberOf(iteration, 'cache_creation'), name)))),
  ])
  return { ...usage, ...Object.fromEntries(sums), cache_creation: Object.fromEntries(split) }
}

function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0)
}
