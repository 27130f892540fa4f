import type { TokenClass } from '../../metadata/usage.ts'
import type { Rates } from './rate.ts'

/** The price of one service tier for some models of one provider. The price table knows standard prices only. */
export interface TierRule {
  readonly provider: string
  readonly tiers: readonly string[]
  /** Models as the price table names them. */
  readonly products: RegExp
  /** Holds only for requests of which no place is known, since the places have prices of their own in this tier. */
  readonly isWithoutPlace?: boolean
  /** First day on which the rule holds, `YYYY-MM-DD`; left out when it has held since the tier exists. */
  readonly from?: string
  /** A part of the standard price, for these classes; all other classes have no price in this tier. */
  readonly factor?: number
  readonly classes?: readonly TokenClass[]
  /** Prices of the tier's own, in USD per million tokens. */
  readonly rates?: Rates
  /** The page that says so, and the day it was read. */
  readonly source: string
}

const text: readonly TokenClass[] = ['input', 'inputImage', 'inputVideo', 'output', 'reasoning', 'outputImage']
const textAndReads: readonly TokenClass[] = [...text, 'cacheRead']

const openAiText =
  /^(?:gpt-3\.5-turbo(?:-[\w]+)?|gpt-4(?:-32k|-turbo|\.1(?:-mini|-nano)?|o(?:-mini|-2024-05-13)?)?|gpt-5(?:\.\d)?(?:-(?:mini|nano|pro|codex|codex-mini|luna|sol|terra))?|gpt-6-\w+|o1(?:-mini|-preview|-pro)?|o3(?:-mini|-pro|-deep-research)?|o4-mini(?:-deep-research)?)$/
// The flex column lists these; neither Pro nor Codex models, and none before o3.
const openAiFlex = /^(?:gpt-5(?:\.\d)?(?:-(?:mini|nano|luna|sol|terra))?|gpt-6-\w+|o3|o4-mini)$/
const openAiBeforeGpt5 = new RegExp(`^(?!gpt-[56])(?:${openAiText.source}|text-embedding-)`)
const openAiFromGpt5 = new RegExp(`^(?=gpt-[56])${openAiText.source}`)
const openAiPricing = 'https://developers.openai.com/api/docs/pricing, read 2026-11-23'
const openAiFastMode = 'https://openai.com/api-fast-mode/, read 2026-11-23'

/** Rules in the order they are tried; the first that fits counts. */
export const tierRules: readonly TierRule[] = [
  // OpenAI. The Batch columns are half the standard ones; models before GPT-5 have no price for cached input there.
  {
    provider: 'openai',
    tiers: ['batch'],
    products: openAiBeforeGpt5,
    factor: 0.5,
    classes: text,
    source: openAiPricing,
  },
  { provider: 'openai', tiers: ['batch'], products: openAiFromGpt5, factor: 0.5, source: openAiPricing },
  {
    provider: 'openai',
    tiers: ['flex'],
    products: openAiFlex,
    factor: 0.5,
    // Priced like a batch, and cached input is discounted on top.
    source: 'https://developers.openai.com/api/docs/pricing, read 2026-11-23',
  },
  // Priority processing is called Fast mode since 2026-07-30; answers state either name.
  openAiPriority('gpt-5.5', 12.5, 1.25, 75),
  openAiPriority('gpt-5.4', 5, 0.5, 30),
  openAiPriority('gpt-5.4-mini', 1.5, 0.15, 9),
  openAiPriority('gpt-5.2', 3.5, 0.35, 28),
  openAiPriority('gpt-5.1', 2.5, 0.25, 20),
  openAiPriority('gpt-5', 2.5, 0.25, 20),
  openAiPriority('gpt-5-mini', 0.45, 0.045, 3.6),
  openAiPriority('gpt-4.1', 3.5, 0.875, 14),
  openAiPriority('gpt-4.1-mini', 0.7, 0.175, 2.8),
  openAiPriority('gpt-4.1-nano', 0.2, 0.05, 0.8),
  openAiPriority('gpt-4o', 4.25, 2.125, 17),
  openAiPriority('gpt-4o-2024-05-13', 8.75, undefined, 26.25),
  openAiPriority('gpt-4o-mini', 0.25, 0.125, 1),
  openAiPriority('o3', 3.5, 0.875, 14),
  openAiPriority('o4-mini', 2, 0.5, 8),
  {
    provider: 'openai',
    tiers: ['priority', 'fast'],
    products: /^gpt-5\.6-(?:luna|sol|terra)$/,
    factor: 2,
    classes: textAndReads,
    source: openAiFastMode,
  },

  // Azure: a global batch costs half of global standard. Priority processing costs twice as much in a global deployment; in a
  // data zone the factor is another one for some models (2.5 for GPT-5.5), which the user can state in prices.yaml.
  {
    provider: 'azure',
    tiers: ['priority'],
    products: /^gpt-5\.(?:1(?:-chat|-codex)?|2(?:-chat)?|3-chat|[45]|6(?:-luna|-sol|-terra)?)(?:-20\d\d-\d\d-\d\d)?$/,
    isWithoutPlace: true,
    factor: 2,
    classes: textAndReads,
    source: 'LiteLLM table, 2026-07-24',
  },
  {
    provider: 'azure',
    tiers: ['priority'],
    products: /^gpt-5\.1-codex-mini(?:-20\d\d-\d\d-\d\d)?$/,
    isWithoutPlace: true,
    factor: 1.8,
    classes: textAndReads,
    source: 'LiteLLM table, 2026-07-24',
  },
  {
    provider: 'azure',
    tiers: ['batch'],
    products: new RegExp(`${openAiText.source}|^o3-2025-04-16$|^text-embedding-`),
    factor: 0.5,
    classes: text,
    source: 'https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch, read 2026-11-23',
  },

  // Anthropic: half of everything, cache reads and writes included. Its priority tier is capacity bought in advance.
  {
    provider: 'anthropic',
    tiers: ['batch'],
    products: /^claude-/,
    factor: 0.5,
    source: 'https://platform.claude.com/docs/en/build-with-claude/batch-processing, read 2026-11-23',
  },
  // Fast mode (`speed: "fast"`) multiplies all prices, those of prompt caching included.
  {
    provider: 'anthropic',
    tiers: ['fast'],
    products: /^claude-opus-4-[67]$/,
    factor: 6,
    source: 'https://platform.claude.com/docs/en/build-with-claude/fast-mode, read 2026-11-23',
  },
  {
    provider: 'anthropic',
    tiers: ['fast'],
    products: /^claude-opus-(?:4-8|5)$/,
    factor: 2,
    source: 'https://platform.claude.com/docs/en/about-claude/pricing#fast-mode-pricing, read 2026-11-23',
  },

  // Bedrock. AWS's price list has 0.5 and 1.75 times the standard price: Nova Pro $0.80, flex $0.40, priority $1.40; Nova 2
  // Lite $0.33, $0.165, $0.5775. Cached input has no meter of its own in these tiers.
  {
    provider: 'aws',
    tiers: ['flex'],
    products: bedrockWithTiers(),
    from: '2025-11-18',
    factor: 0.5,
    classes: text,
    source: 'https://aws.amazon.com/bedrock/pricing/ and the AWS Price List of 2026-09-01 (AmazonBedrock, us-east-1)',
  },
  {
    provider: 'aws',
    tiers: ['priority'],
    products: bedrockWithTiers(),
    from: '2025-11-18',
    factor: 1.75,
    classes: text,
    source: 'https://aws.amazon.com/bedrock/pricing/ and the AWS Price List of 2026-09-01 (AmazonBedrock, us-east-1)',
  },
  {
    provider: 'aws',
    tiers: ['batch'],
    products: /anthropic\.claude-|amazon\.nova-(?!.*sonic)|meta\.llama|mistral\./,
    factor: 0.5,
    classes: text,
    source: 'https://aws.amazon.com/bedrock/pricing/, read 2026-11-23: batch inference at a 50% lower price',
  },

  // Gemini. Traffic types ON_DEMAND_FLEX and ON_DEMAND_PRIORITY: half, and 75 to 100 % more; the models named here are
  // listed at 1.8 times the standard price. What a batch pays for a cache read is not said.
  {
    provider: 'google',
    tiers: ['batch'],
    products: /^gemini-(?:2\.5|3)/,
    factor: 0.5,
    classes: [...text, 'inputAudio'],
    source: 'https://ai.google.dev/gemini-api/docs/optimization, read 2026-11-23',
  },
  {
    provider: 'google',
    tiers: ['flex'],
    products: /^gemini-(?:2\.5-(?:pro|flash|flash-lite)|3[\d.]*-(?:pro|flash|flash-lite)(?:-preview)?)$/,
    factor: 0.5,
    classes: [...textAndReads, 'inputAudio'],
    source: 'https://ai.google.dev/gemini-api/docs/optimization, read 2026-11-23',
  },
  {
    provider: 'google',
    tiers: ['priority'],
    products: /^gemini-(?:3-pro-preview|3\.1-pro-preview|3-flash-preview|3\.1-flash-lite|3\.5-flash)$/,
    factor: 1.8,
    classes: textAndReads,
    source: 'https://ai.google.dev/gemini-api/docs/pricing, read 2026-11-23; the same in LiteLLM’s table',
  },

  // Groq: flex has higher limits and may be refused, at the price of on-demand. Its performance tier is paid for in advance.
  {
    provider: 'groq',
    tiers: ['flex'],
    products: /./,
    factor: 1,
    source: 'https://console.groq.com/docs/flex-processing.md, a stored copy read 2026-11-28',
  },

  // Mistral: a batch costs half.
  {
    provider: 'mistral',
    tiers: ['batch'],
    products: /^(?:mi|mini|code|dev|magi)stral|^pixtral|^mixtral/,
    factor: 0.5,
    classes: text,
    source: 'https://docs.mistral.ai/capabilities/batch, read 2026-11-23',
  },
]

function openAiPriority(product: string, input: number, cacheRead: number | undefined, output: number): TierRule {
  const rates = { input, inputImage: input, output, reasoning: output }
  return {
    provider: 'openai',
    tiers: ['priority', 'fast'],
    products: new RegExp(`^${product.replaceAll('.', '\\.')}$`),
    rates: cacheRead === undefined ? rates : { ...rates, cacheRead },
    source: openAiFastMode,
  }
}

// Who has these tiers: aws.amazon.com/about-aws/whats-new/2025/11/amazon-bedrock-priority-flex-inference-service-tiers and,
// for Nova 2 Lite, AWS's price list.
function bedrockWithTiers(): RegExp {
  return /amazon\.nova-(?:pro|premier|2-lite)|openai\.gpt-oss-|qwen\.qwen3-/
}
