import type { Usage } from '../metadata/usage.ts'

/**
 * Usage that a caller states as plain counts. Undefined when nothing was used: 0 and left out mean the same here, as in
 * the Python system. The total is kept where it differs from the sum.
 */
export function statedUsage(tokens: {
  readonly promptTokens?: number | null
  readonly completionTokens?: number | null
  readonly totalTokens?: number | null
}): Usage | undefined {
  const input = wholeNumber(tokens.promptTokens)
  const output = wholeNumber(tokens.completionTokens)
  const total = wholeNumber(tokens.totalTokens)
  if (input === 0 && output === 0 && total === 0) return undefined
  // A caller that states no total means the sum.
  const statedTotal = total === 0 || total === input + output ? undefined : total
  return { input, output, statedTotal }
}

function wholeNumber(value: number | null | undefined): number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? Math.trunc(value) : 0
}
