import { closest, distance } from 'fastest-levenshtein'
import { SygraError } from '../../errors.ts'
import type { FigurePath } from '../../metadata/figures/formula.ts'
import { gatedFigures } from '../../metadata/figures/registry.ts'
import type { Metadata } from '../../metadata/schema.ts'

/** The paths of all numbers of a metadata file, in its order. */
export function figurePaths(value: unknown, path: FigurePath = []): FigurePath[] {
  if (typeof value === 'number') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => figurePaths(member, [...path, key]))
}

/** The number at a path; undefined when there is none. */
export function numberAt(whole: unknown, path: FigurePath): number | undefined {
  const value = memberAt(whole, path)
  return typeof value === 'number' ? value : undefined
}

function memberAt(whole: unknown, path: FigurePath): unknown {
  let value = whole
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = Reflect.get(value, key)
  }
  return value
}

/** Figures by the names that gates know them by, of the run, a model, a node, an agent or a tool; and some shorter ones. */
const aliases = {
  run: {
    ...gateNames('run'),
    cost: 'cost.total_cost_usd',
    tokens: 'tokens.total_tokens',
    p50: 'calls.latency_statistics.p50',
    p95: 'calls.latency_statistics.p95',
    p99: 'calls.latency_statistics.p99',
    seconds_per_record: 'latency_per_record.mean',
  },
  model: {
    ...gateNames('model'),
    cost: 'cost.total_cost_usd',
    tokens: 'token_statistics.total_tokens',
    latency: 'performance.latency_statistics',
  },
  node: {
    ...gateNames('node'),
    cost: 'cost.total_cost_usd',
    tokens: 'token_statistics.total_tokens',
    latency: 'latency_statistics',
  },
  agent: {
    ...gateNames('agent'),
    cost: 'cost.total_cost_usd',
    tokens: 'token_statistics.total_tokens',
    latency: 'latency_statistics',
  },
} satisfies Record<string, Readonly<Record<string, string>>>

function gateNames(scope: Parameters<typeof gatedFigures>[0]): Record<string, string> {
  return Object.fromEntries(gatedFigures(scope).map(({ name, keys }) => [name, keys.join('.')]))
}

/**
 * The path that a text means: a dotted path of the file, with parts left out where what is left tells (`nodes.critic.p95`,
 * `latency` for `latency_statistics`), or a figure by the name that gates know it by (`cost_per_record`).
 *
 * @throws SygraError `not_found` or `bad_argument` that names what there is.
 */
export function resolveFigure(metadata: Metadata, text: string): FigurePath {
  const all = figurePaths(metadata)
  for (const spelling of spellingsOf(text)) {
    const exact = all.find((path) => path.join('.') === spelling)
    if (exact !== undefined) return exact
  }
  const below = all.filter((path) => path.join('.').startsWith(`${text}.`))
  if (below.length > 0) throw severalFigures(text, below)
  const matches = all.map((path) => ({ path, skipped: skippedKeys(path.join('.'), text) }))
  const possible = matches.flatMap(({ path, skipped }) => (skipped === undefined ? [] : [{ path, skipped }]))
  const fewest = Math.min(...possible.map(({ skipped }) => skipped))
  const best = possible.filter(({ skipped }) => skipped === fewest)
  const [only] = best
  if (only !== undefined && best.length === 1) return only.path
  if (best.length > 1)
    throw severalFigures(
      text,
      best.map(({ path }) => path),
    )
  throw new SygraError('not_found', `the run has no figure "${text}"${nearby(text, all)}`)
}

function spellingsOf(text: string): string[] {
  const [, kind, rest = ''] = /^(models|nodes|agents|tools)\.(.+)$/.exec(text) ?? []
  if (kind === undefined)
    return [text, `aggregate_statistics.${text}`, `aggregate_statistics.${aliasOf(aliases.run, text) ?? text}`]
  const known = kind === 'models' ? aliases.model : kind === 'nodes' ? aliases.node : aliases.agent
  // The name may have dots in it, so every place is tried where it may end.
  const ends = [...rest.matchAll(/\./g)].map(({ index }) => index)
  return [
    text,
    ...ends.flatMap((end) => {
      const [name, key = '', ...others] = [rest.slice(0, end), ...rest.slice(end + 1).split('.')]
      const meant = aliasOf(known, key)
      const percentile = /^p\d\d$/.test(key) ? `${known.latency}.${key}` : undefined
      const target = meant ?? percentile
      return target === undefined ? [] : [[kind, name, target, ...others].join('.')]
    }),
  ]
}

function aliasOf(known: Readonly<Record<string, string>>, text: string): string | undefined {
  return Object.hasOwn(known, text) ? known[text] : undefined
}

/** How many keys of the path the text leaves out; undefined when it does not fit. */
function skippedKeys(path: string, text: string): number | undefined {
  const keys = path.split('.')
  const wanted = text.split('.')
  let skipped = 0
  let next = 0
  for (const key of keys) {
    const part = wanted[next]
    if (part !== undefined && (key === part || key.startsWith(`${part}_`) || key === `total_${part}`)) next += 1
    else skipped += 1
  }
  // The last key must be meant itself, not something it stands in.
  const last = keys.at(-1) ?? ''
  const end = wanted.at(-1) ?? ''
  const isMeant = last === end || last.startsWith(`${end}_`) || last === `total_${end}`
  return next === wanted.length && isMeant ? skipped : undefined
}

function severalFigures(text: string, paths: readonly FigurePath[]): SygraError {
  const shown = paths.slice(0, 12).map((path) => `  ${path.join('.')}`)
  const more = paths.length > shown.length ? `\n  and ${paths.length - shown.length} more` : ''
  return new SygraError('bad_argument', `"${text}" may be any of these; name one:\n${shown.join('\n')}${more}`)
}

function nearby(text: string, all: readonly FigurePath[]): string {
  const end = text.split('.').at(-1) ?? ''
  const same = all.filter((path) => path.at(-1) === end || (end.length > 2 && path.at(-1)?.includes(end)))
  const [kind, name] = text.split('.')
  const named = all.filter((path) => path[0] === kind && path[1] === name)
  const shown = (same.length > 0 ? same : named).slice(0, 8)
  return shown.length === 0
    ? `${nearest(text, all)}; \`sygra show --json\` prints all of them`
    : `; there are:\n${shown.map((path) => `  ${path.join('.')}`).join('\n')}`
}

/** The figure that was probably meant, by its name alone; nothing when none is near. */
function nearest(text: string, all: readonly FigurePath[]): string {
  const names = [...new Set([...Object.keys(aliases.run), ...all.flatMap((path) => path.at(-1) ?? [])])]
  const name = closest(text, names)
  return distance(text, name) <= Math.floor(Math.max(text.length, name.length) / 3) ? `; did you mean "${name}"?` : ''
}
