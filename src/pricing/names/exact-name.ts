import type { MatchLogic, ModelInfo } from '@pydantic/genai-prices'
import { bedrockPrefix } from './model-name.ts'

/**
 * True when a name *is* the listed model, false when it only resembles it. The table finds many models by a prefix or a
 * part of the name, so `claude-3-opus-custom` finds Claude 3 Opus and `gemini-1.5-flash-8b` its dearer sister. A name
 * counts when it is one that the entry itself states, followed by nothing but a snapshot: a date, a revision, `latest`,
 * `preview`. On Bedrock a region and a vendor may stand before it.
 */
export function isNameOf(entry: ModelInfo, name: string, provider: string): boolean {
  if (name.startsWith('ft:')) return isFineTuneOf(entry, name)
  if (isDifferentRevision(entry, name)) return false
  return namesOf(entry).some((known) => {
    const at = name.indexOf(known)
    if (at < 0) return false
    if (known.endsWith('.ft')) return at === 0 && azureFineTune.test(name.slice(known.length))
    return isRegion(name.slice(0, at), provider) && isSnapshot(name.slice(at + known.length), provider)
  })
}

// A fine-tune has its own price; where the table lists none, the price of its base model would be a guess.
function isFineTuneOf(entry: ModelInfo, name: string): boolean {
  const stem = namesOf(entry).find((known) => known.startsWith('ft:') && name.startsWith(known))
  return entry.id.startsWith('ft:') && stem !== undefined && /^[\d-]*(?::.*)?$/.test(name.slice(stem.length))
}

// `titan-embed-text-v2` is another model than `titan-embed-text-v1`, at another price.
function isDifferentRevision(entry: ModelInfo, name: string): boolean {
  const listed = /-v(\d+)(?::\d+)?$/.exec(entry.id)?.[1]
  const asked = /-v(\d+)(?::\d+k?)*$/.exec(name)?.[1]
  return listed !== undefined && asked !== undefined && listed !== asked
}

// `gpt-4o-mini-2024-07-18.ft-<digest>`
const azureFineTune = /^-[a-z0-9-]+$/

/** Names that are in use and that the table finds by their beginning alone. */
const moreNames: Readonly<Record<string, readonly string[]>> = { 'claude-2': ['claude-2.0', 'claude-2.1'] }

function namesOf(entry: ModelInfo): readonly string[] {
  const names = [entry.id, ...(moreNames[entry.id] ?? []), ...literalsOf(entry.match)]
  return names.map((name) => name.toLowerCase().replace(/[-.@:]+$/, ''))
}

function literalsOf(match: MatchLogic): readonly string[] {
  if ('or' in match) return match.or.flatMap(literalsOf)
  if ('and' in match) return match.and.flatMap(literalsOf)
  if ('equals' in match) return [match.equals]
  if ('starts_with' in match) return [match.starts_with]
  if ('ends_with' in match) return [match.ends_with]
  return 'contains' in match ? [match.contains] : []
}

function isRegion(before: string, provider: string): boolean {
  if (before === '') return true
  return provider === 'aws' && bedrockPrefix.test(before)
}

const day = '20\\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\\d|3[01])'
const monthAndDay = '(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\\d|3[01])'
const monthAndYear = '(?:0[1-9]|1[0-2])-20\\d{2}|2\\d(?:0[1-9]|1[0-2])'
const snapshot = `[-@](?:latest|default|preview|exp|0\\d{2}|${day}|${monthAndDay}|${monthAndYear})`
const snapshots = new RegExp(`^(?:${snapshot})*$`)
// Bedrock and Vertex number their revisions, Bedrock states the size of the context after it: `-v1:0:200k`.
const cloudSnapshots = new RegExp(`^(?:${snapshot}|-v\\d+)*(?::\\d+k?)*$`)

function isSnapshot(after: string, provider: string): boolean {
  return (provider === 'aws' || provider === 'google' ? cloudSnapshots : snapshots).test(after)
}
