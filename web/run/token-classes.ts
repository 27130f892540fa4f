import type { TokenStatistics } from '../../src/metadata/schema.ts'

/** Tokens of a class that overlaps no other. */
export interface TokenPart {
  readonly name: string
  readonly tokens: number
}

/** The tokens of a model in classes that add up to its total; classes without tokens are left out. */
export function tokenPartsOf(statistics: TokenStatistics): TokenPart[] {
  const { total_prompt_tokens, total_completion_tokens } = statistics
  const { cached_prompt_tokens = 0, cache_write_tokens = 0, reasoning_tokens = 0 } = statistics
  const parts = [
    { name: 'input', tokens: total_prompt_tokens - cached_prompt_tokens - cache_write_tokens },
    { name: 'from cache', tokens: cached_prompt_tokens },
    { name: 'written to cache', tokens: cache_write_tokens },
    { name: 'output', tokens: total_completion_tokens - reasoning_tokens },
    { name: 'reasoning', tokens: reasoning_tokens },
  ]
  return parts.filter(({ tokens }) => tokens > 0)
}
