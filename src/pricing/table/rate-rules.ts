import { tokenClasses } from '../../metadata/usage.ts'
import { type Rates, scaleRate } from './rate.ts'

/** Every class at $0: for models that are listed as free of charge. */
export const zeroRates: Rates = Object.fromEntries(tokenClasses.map((tokenClass) => [tokenClass, 0]))

/** Fills in the prices that a provider's page states by a rule and the table leaves out. */
export function completeRates({
  provider,
  product,
  rates,
}: {
  readonly provider: string
  readonly product: string
  readonly rates: Rates
}): Rates {
  const { input } = rates
  if (input === undefined) return rates
  if (rates.cacheWrite1h === undefined && provider === 'aws' && claudesWithHourCache.test(product)) {
    return { ...rates, cacheWrite1h: scaleRate(input, 2) }
  }
  if (rates.cacheWrite1h === undefined && provider === 'google' && /^claude-/.test(product)) {
    return { ...rates, cacheWrite1h: scaleRate(input, 2) }
  }
  if (
    rates.outputAudio === undefined &&
    provider === 'google' &&
    geminisThatSpeak.test(product) &&
    rates.output !== undefined
  ) {
    return { ...rates, outputAudio: rates.output }
  }
  if (rates.inputAudio === undefined && provider === 'google' && geminisWithOneInputPrice.test(product)) {
    return { ...rates, inputAudio: input }
  }
  return rates
}

// Writing to a cache for one hour costs twice the base price of input, at Google as at Anthropic: platform.claude.com/docs/en/build-with-claude/
// prompt-caching#pricing, read 2026-11-23. The table's row of Opus 5.5 on Bedrock has the same ratio (4.4 and 8.8).
// Bedrock keeps a cache for one hour from Claude 4.5 on: docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html.
const claudesWithHourCache = /anthropic\.claude-(?:(?:opus|sonnet|haiku)-(?:4-[5-9]|5)|fable-5)/

// ai.google.dev/gemini-api/docs/pricing, read 2026-11-23: these have one input price for text, images, video and audio.
const geminisWithOneInputPrice = /^gemini-(?:1\.5-(?:pro|flash)|2\.5-pro|3-pro-preview|3\.1-pro-preview)$/

// The same page, read 2026-11-28: the output of these is sound alone, and the output price is that of sound.
const geminisThatSpeak = /^gemini-[\d.]+-\w+(?:-lite)?(?:-preview)?-tts$/
