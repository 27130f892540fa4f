import { priceTable } from '../table/genai-prices.ts'

/**
 * The ways in which a list may spell a model's name, the name itself first. Only what is one and the same model at this
 * seller: another revision, size or snapshot is another model.
 */
export function spellingsAt(provider: string, name: string): readonly string[] {
  switch (provider) {
    case 'azure':
      // Azure writes `gpt-35-turbo` where OpenAI writes `gpt-3.5-turbo`.
      return [name.replace(/^gpt-35-/, 'gpt-3.5-')]
    case 'aws':
      return [name, ...bedrockSpellings(name)]
    case 'openai':
      // `ft:<model>:<organisation>:<name>:<id>`
      return [name, ...(name.match(/^ft:[^:]+/) ?? [])]
    case 'fireworks':
      return [name, name.replace(/^accounts\/fireworks\/(?:models|routers)\//, '')]
    default:
      return [name]
  }
}

// Mantle's ids are those of the runtime without their revision; Claude's also without the day of their snapshot. A model
// that is listed for profiles alone costs what it costs within a region where its bare id is called.
function bedrockSpellings(name: string): readonly string[] {
  const withoutProfile = name.replace(/^(?:us|us-gov|eu|apac|au|jp|ca|in|sa)\./, '')
  const bare = /-v?\d+(?::\d+k?)?$/.test(name) && name.includes(':') ? [] : revisionsOf(name)
  return [...bare, ...datedSpelling(name), ...(withoutProfile === name ? [`us.${name}`] : [withoutProfile])]
}

// `anthropic.claude-haiku-4-5` is the only snapshot there is of it; of two snapshots the name tells neither.
function datedSpelling(name: string): readonly string[] {
  const [, profile = '', bare] = /^([a-z-]+\.)?(anthropic\.claude-[a-z0-9-]+)$/.exec(name) ?? []
  if (bare === undefined) return []
  const listed = (priceTable().findProvider({ providerId: 'aws' })?.models ?? []).flatMap(({ id }) => {
    const model = id.replace(/^(?:regional|global)\./, '')
    return model.startsWith(`${bare}-20`) ? [model] : []
  })
  const [only, ...more] = new Set(listed)
  return only === undefined || more.length > 0 ? [] : [`${profile}${only}`]
}

function revisionsOf(name: string): readonly string[] {
  return ['-v1:0', '-1:0'].map((revision) => `${name}${revision}`)
}
