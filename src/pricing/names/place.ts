import { URL } from '../../platform.ts'
import type { ModelName } from './model-name.ts'

interface PlaceClues {
  readonly provider: string
  readonly name: ModelName
  /** Who serves it, as the caller spells it: `vertex_ai` is Google's other house. */
  readonly statedProvider?: string
  readonly url?: string
  /** Where the answer or the caller says that the model ran. */
  readonly region?: string
}

/**
 * Where a request was worked on, as far as that can decide its price: the most precise name first, then what it is part of.
 * Empty where nothing tells, which is the place that a price list is for.
 *
 * - Bedrock: the region of the host, else of the ARN or the path, else the profile's (`us`, `eu`, `apac`, …, `global`). A
 *   request to a profile costs what its source region costs, but for global profiles.
 * - Vertex AI: `vertex/us-central1`, then `vertex-region`, then `vertex`; `vertex/global`.
 * - Azure: the data zone that the name states, `eu` or `us`; the government's cloud.
 * - OpenAI: the region of its endpoint. Anthropic: the `inference_geo` of the answer.
 */
export function placesOf(told: PlaceClues): readonly string[] {
  const region = told.region?.toLowerCase()
  const clues = { ...told, region: region === undefined || saysNothing.has(region) ? undefined : region }
  switch (clues.provider) {
    case 'aws':
      return bedrockPlaces(clues)
    case 'google':
      return vertexPlaces(clues)
    case 'azure':
      return azurePlaces(clues)
    case 'openai': {
      const region = /^([a-z]{2})\.api\.openai\.com$/.exec(hostOf(clues.url))?.[1] ?? clues.region
      return region === undefined ? [] : [region]
    }
    default:
      return clues.region === undefined ? [] : [clues.region]
  }
}

// What an answer has where it tells no place, or the place that a price list is for anyway.
const saysNothing: ReadonlySet<string> = new Set(['', 'not_available', 'unspecified', 'global'])

function bedrockPlaces({ name, url, region }: PlaceClues): readonly string[] {
  const profile = /^([a-z]{2,6}(?:-gov)?)\./.exec(name.bare)?.[1]
  if (profile === 'global') return ['global']
  const host = /(?:^|\.)bedrock-(?:runtime|mantle)[a-z-]*\.([a-z0-9-]+)\./.exec(hostOf(url))?.[1]
  const isProfile = profile !== undefined && profiles.has(profile)
  const place = host ?? region ?? name.region ?? (isProfile ? profile : undefined)
  return place === undefined ? [] : [place]
}

const profiles: ReadonlySet<string> = new Set(['us', 'us-gov', 'eu', 'apac', 'au', 'jp', 'ca', 'in', 'sa'])

function vertexPlaces({ name, statedProvider, url, region }: PlaceClues): readonly string[] {
  const host = hostOf(url)
  const isVertex =
    host.endsWith('aiplatform.googleapis.com') ||
    /^aiplatform\.[a-z]+\.rep\.googleapis\.com$/.test(host) ||
    /vertex/i.test(statedProvider ?? '') ||
    name.isVertex === true
  if (!isVertex) return []
  const inHost =
    /^([a-z0-9-]+)-aiplatform\.googleapis\.com$/.exec(host)?.[1] ??
    /^aiplatform\.([a-z]+)\.rep\.googleapis\.com$/.exec(host)?.[1]
  const location = inHost ?? /\/locations\/([a-z0-9-]+)\//.exec(url ?? '')?.[1] ?? region ?? name.region
  if (location === undefined) return ['vertex']
  return location === 'global' ? ['vertex/global', 'vertex'] : [`vertex/${location}`, 'vertex-region', 'vertex']
}

function azurePlaces({ name, url, region }: PlaceClues): readonly string[] {
  if (hostOf(url).endsWith('.azure.us')) return ['us-gov']
  const place = region ?? name.region
  return place === undefined || place.startsWith('global') ? [] : [place]
}

function hostOf(url: string | undefined): string {
  if (url === undefined) return ''
  try {
    return new URL(url).hostname
  } catch {
    return ''
  }
}
