import { providerNamed, serverNamed } from './provider-name.ts'

/** What a model's name tells about itself. */
export interface ModelName {
  /** The name as it was given, in lower case. */
  readonly whole: string
  /** The name without a prefix, an ARN or a resource path around it. */
  readonly bare: string
  /** Provider that the name itself states, as in `azure/gpt-4o`; the price table's id. */
  readonly provider?: string
  /** Self-hosted server that the name states, as in `ollama/llama3`. */
  readonly server?: string
  /** Where it is served, as the name states it: the region of an ARN or a path, the data zone in `azure/eu/gpt-4o`. */
  readonly region?: string
  /** The name says that Vertex AI serves it, and not the Gemini API. */
  readonly isVertex?: boolean
  /** Set when the name cannot tell the model, in words for people. */
  readonly opaqueReason?: string
}

/** Takes a model's name apart: prefixes, Bedrock ARNs, Vertex and Gemini resource paths. */
export function parseModelName(model: string): ModelName {
  const whole = decoded(model).trim().toLowerCase()
  return (
    readArn(whole) ?? readResourcePath(whole) ?? readBedrockId(whole) ?? readPrefix(whole) ?? { whole, bare: whole }
  )
}

const opaqueResources: Readonly<Record<string, string>> = {
  'application-inference-profile':
    'an application inference profile hides its model; map it under models: in prices.yaml',
  'provisioned-model': 'provisioned throughput is paid by the hour, not by token',
  'provisioned-model-throughput': 'provisioned throughput is paid by the hour, not by token',
  'custom-model': 'a custom model has no listed price; state it in prices.yaml',
  'custom-model-deployment': 'a custom model has no listed price; state it in prices.yaml',
  'imported-model': 'an imported model is paid by the minute, not by token',
}

// arn:aws:bedrock:<region>:<account>:<kind>/<resource>
function readArn(whole: string): ModelName | undefined {
  const match = /^arn:[a-z-]+:bedrock:([^:]*):[^:]*:([a-z-]+)\/(.+)$/.exec(whole)
  if (match === null) return undefined
  const [, place = '', kind = '', bare = ''] = match
  const opaqueReason =
    opaqueResources[kind] ??
    (kind === 'foundation-model' || kind === 'inference-profile'
      ? undefined
      : `an ARN of kind ${kind} does not name its model`)
  return { whole, bare, provider: 'aws', region: place === '' ? undefined : place, opaqueReason }
}

// `models/gemini-2.5-pro` and `projects/…/publishers/google/models/gemini-2.5-pro`
function readResourcePath(whole: string): ModelName | undefined {
  const onVertex = /^(?:.*\/)?publishers\/[^/]+\/models\/([^/:]+)$/.exec(whole)?.[1]
  if (onVertex !== undefined) {
    const region = /\/locations\/([a-z0-9-]+)\//.exec(whole)?.[1]
    return { whole, bare: onVertex, provider: 'google', isVertex: true, region }
  }
  const match = /^models\/([^/:]+)$/.exec(whole)
  return match?.[1] === undefined ? undefined : { whole, bare: match[1], provider: 'google' }
}

function readPrefix(whole: string): ModelName | undefined {
  const match = /^([a-z0-9_.-]+)[/:](.+)$/.exec(whole)
  if (match === null) return undefined
  const [, prefix = '', rest = ''] = match
  const server = serverNamed(prefix)
  if (server !== undefined) return { whole, bare: rest, server }
  const provider = providerNamed(prefix)
  if (provider === undefined) return undefined
  if (provider === 'google') {
    return { whole, bare: rest, provider, ...(prefix.includes('vertex') ? { isVertex: true } : {}) }
  }
  if (provider === 'azure') {
    const zone = /^(eu|us|global|global-standard)\/(.+)$/.exec(rest)
    return zone === null ? { whole, bare: rest, provider } : { whole, bare: zone[2] ?? rest, provider, region: zone[1] }
  }
  if (provider !== 'aws') return { whole, bare: rest, provider }
  const route = /^(?:(?:converse|converse_like|invoke|[a-z]{2}(?:-[a-z]+)+-\d)\/)+/.exec(rest)?.[0] ?? ''
  const inner = parseModelName(rest.slice(route.length))
  const region = /[a-z]{2}(?:-[a-z]+)+-\d/.exec(route)?.[0] ?? inner.region
  return { ...inner, whole, provider, ...(region === undefined ? {} : { region }) }
}

const region = '(?:us|us-gov|eu|apac|au|jp|ca|in|sa|global)'
const vendor =
  '(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|xai|zai)'
const bedrockId = new RegExp(`^(?:${region}\\.)?${vendor}\\.[a-z]`)

/** What may stand before a model's own name on Bedrock: `us.anthropic.`. */
export const bedrockPrefix = new RegExp(`^(?:${region}\\.)?(?:${vendor}\\.)?$`)

function readBedrockId(whole: string): ModelName | undefined {
  return bedrockId.test(whole) ? { whole, bare: whole, provider: 'aws' } : undefined
}

/** Families of names that only their maker sells under this name. */
const closedFamilies: readonly (readonly [RegExp, string])[] = [
  [/^gpt-35-/, 'azure'],
  [
    /^(?:gpt-(?!oss)|chatgpt-|o[134](?:-|$)|text-embedding-(?:3|ada)|computer-use-preview|codex-mini-latest|ft:gpt-)/,
    'openai',
  ],
  [/^claude-.*@/, 'google'],
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'google'],
]

/** Families with open weights: their maker's price holds only where nothing says that someone else serves them. */
const openFamilies: readonly (readonly [RegExp, string])[] = [
  [/^(?:(?:open-)?(?:mistral|mixtral)-|(?:mini|code|dev|magi)stral-|pixtral-|voxtral-)/, 'mistral'],
  [/^grok-/, 'x-ai'],
  [/^deepseek-(?:chat|reasoner)$/, 'deepseek'],
  [/^command-/, 'cohere'],
]

/** The provider that a name without a prefix belongs to; `isServedElsewhere` when the URL is of an unknown host. */
export function providerOfFamily(
  bare: string,
  { isServedElsewhere }: { isServedElsewhere: boolean },
): string | undefined {
  const families = isServedElsewhere ? closedFamilies : [...closedFamilies, ...openFamilies]
  return families.find(([pattern]) => pattern.test(bare))?.[1]
}

function decoded(model: string): string {
  if (!model.includes('%')) return model
  try {
    return decodeURIComponent(model)
  } catch {
    return model
  }
}
