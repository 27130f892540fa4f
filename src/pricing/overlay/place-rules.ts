/** How the price at a place follows from the price that is listed for everywhere. */
export interface PlaceRule {
  readonly provider: string
  /** Places, as `placesOf` names them. */
  readonly places: RegExp
  /** Models as their list names them; left out for all. */
  readonly products?: RegExp
  readonly factor: number
  /** The page that says so and the day it was read, or the tables that have it and their days. */
  readonly source: string
}

const bedrock = 'https://aws.amazon.com/bedrock/pricing/, read 2026-11-23'
const vertex = 'Portkey-AI/models, 2026-08-21: pricing/vertex-ai.json'
const residency = 'https://developers.openai.com/api/docs/guides/data-residency.md, a stored copy read 2026-11-28'
const uplift = 'https://github.com/BerriAI/litellm/pull/37543 of 2026-08-19, read 2026-11-28'

const openAiBeforeMarch2026 =
  /^(?:ft:)?(?:gpt-(?:3|4|5(?:-|$)|5\.[0-3]|audio|image-1|oss|realtime(?:-mini)?(?:-2025-\d\d-\d\d)?$)|o[134](?:-|$)|chatgpt-4o|codex-mini|computer-use|text-|whisper-1|tts-1|dall-e-|omni-moderation|moderation|davinci|babbage|sora-2)/

/**
 * The first rule that fits counts. A place that no rule and no row fits has no known price: what is dearer elsewhere is
 * never charged at the price of another place.
 */
export const placeRules: readonly PlaceRule[] = [
  // Bedrock: what is listed are the prices of Northern Virginia, Ohio and Oregon, and of profiles within the US.
  { provider: 'aws', places: /^us(?:-east-[12]|-west-2)?$/, factor: 1, source: bedrock },
  // Claude and the closed models of OpenAI have one price for all commercial regions, and another for global profiles.
  {
    provider: 'aws',
    places: /^(?!us-gov|cn-)/,
    products: /^(?:regional|global)\.(?:anthropic|openai)\.|^openai\.gpt-5/,
    factor: 1,
    source: bedrock,
  },
  { provider: 'aws', places: /^global$/, products: /^global\./, factor: 1, source: bedrock },
  // GovCloud costs 1.2 times what the US costs; of Claude, what a global profile costs.
  {
    provider: 'aws',
    places: /^us-gov/,
    products: /anthropic\.claude-|amazon\.nova-(?:pro|lite|micro)-|openai\.gpt-oss-/,
    factor: 1.2,
    source: 'https://github.com/BerriAI/litellm/pull/39764 from the AWS price list of 2026-09-04, read 2026-11-28',
  },

  // Vertex AI: a name without an endpoint is taken for the global one. Up to Gemini 2.5 all locations cost the same.
  // Of Gemini 3.6 and later the sources do not agree whether a region costs more, so its price there is not known.
  { provider: 'google', places: /^vertex(?:\/global)?$/, factor: 1, source: vertex },
  {
    provider: 'google',
    places: /^vertex\//,
    products: /^gemini-(?:1|2)|^gemini-live-2|^imagen-/,
    factor: 1,
    source: vertex,
  },
  {
    provider: 'google',
    places: /^vertex\//,
    products: /^gemini-3\.(?:1-flash-lite(?:-preview)?|5-flash(?:-lite)?)$/,
    factor: 1.1,
    source: `${vertex}; ${uplift}`,
  },
  // Claude from 4.5 on costs 10 % more in a region or multi-region, earlier ones the same.
  {
    provider: 'google',
    places: /^vertex\//,
    products: /^claude-(?:3|4-(?:opus|sonnet)$|opus-4-[01]$|sonnet-4-0$)/,
    factor: 1,
    source: vertex,
  },
  {
    provider: 'google',
    places: /^vertex\//,
    products: /^claude-/,
    factor: 1.1,
    source: `${vertex}; https://docs.claude.com/zh-CN/api/claude-on-vertex-ai, a stored copy read 2026-11-28`,
  },

  // Azure: what is listed are global deployments. A data zone costs 10 % more, which Azure rounds to cents now and then
  // ($1.38 for GPT-5.1).
  {
    provider: 'azure',
    places: /^(?:eu|us)$/,
    products: /^(?:gpt-|o\d)/,
    factor: 1.1,
    source: 'LiteLLM table, 2026-07-24: azure/eu and azure/us beside azure/global',
  },

  // OpenAI: a region costs 10 % more for models that came on 2026-03-05, the day of GPT-5.4, or later. Of models whose day is
  // not known to us, the price there is not known either.
  {
    provider: 'openai',
    places: /^[a-z]{2}$/,
    products: /^gpt-(?:5\.[4-9]|[6-9]|realtime-2\.1)/,
    factor: 1.1,
    source: residency,
  },
  {
    provider: 'openai',
    places: /^[a-z]{2}$/,
    products: openAiBeforeMarch2026,
    factor: 1,
    source: residency,
  },

  // Anthropic: `inference_geo: "us"` costs 10 % more for all classes of tokens, from Opus 4.6 on.
  {
    provider: 'anthropic',
    places: /^us$/,
    products: /^claude-(?:(?:opus|sonnet|haiku)-(?:4-[6-9]|[5-9])|fable|mythos)/,
    factor: 1.1,
    source: 'https://platform.claude.com/docs/en/build-with-claude/data-residency, read 2026-11-28',
  },
  {
    provider: 'anthropic',
    places: /^(?:us|global|not_available)$/,
    factor: 1,
    source: 'https://platform.claude.com/docs/en/build-with-claude/data-residency, read 2026-11-28',
  },
]

/** The rule for a model at a place, the first of these names of it; undefined when none is known. */
export function findPlaceRule(wanted: {
  readonly provider: string
  readonly product: string
  readonly places: readonly string[]
}): PlaceRule | undefined {
  const { provider, product, places } = wanted
  return placeRules.find(
    (rule) =>
      rule.provider === provider &&
      rule.places.test(places[0] ?? '') &&
      (rule.products === undefined || rule.products.test(product)),
  )
}
