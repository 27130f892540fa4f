import { SygraError } from '../../../errors.ts'
import type { GraphConfig } from '../../config/graph-config.ts'
import { didYouMean, oneOf } from '../../config/nearest-name.ts'
import { isPlainMap } from '../../config/plain-map.ts'
import { parseTemplate } from '../chat/template.ts'

type Settings = Readonly<Record<string, unknown>>

/**
 * A configuration with other settings for some of its nodes. Maps are merged, everything else is replaced;
 * `prompt_placeholder_map` gives variables of the prompt other names. The result is still to be checked.
 *
 * @throws SygraError `bad_config` for a node that there is not.
 */
export function overrideNodes(config: GraphConfig, overrides: Readonly<Record<string, Settings>>): unknown {
  const { nodes } = config.graph_config
  const names = Object.keys(nodes)
  const unknown = Object.keys(overrides).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new SygraError(
      'bad_config',
      `there is no node "${unknown}"; expected ${oneOf(names)}${didYouMean(unknown, names)}`,
    )
  }
  const changed = Object.entries(nodes).map(([name, node]) => {
    const { prompt_placeholder_map: renamed, ...settings } = overrides[name] ?? {}
    const merged = mergeMaps(node, settings)
    return [
      name,
      isPlainMap(renamed) ? { ...merged, prompt: renameVariables(merged.prompt, renamed) } : merged,
    ] as const
  })
  return { ...config, graph_config: { ...config.graph_config, nodes: Object.fromEntries(changed) } }
}

function mergeMaps(base: Settings, over: Settings): Settings {
  const merged = Object.entries(over).map(([key, value]) => {
    const before = base[key]
    return [key, isPlainMap(before) && isPlainMap(value) ? mergeMaps(before, value) : value] as const
  })
  return { ...base, ...Object.fromEntries(merged) }
}

/** All texts within a value, with their variables renamed. */
function renameVariables(value: unknown, renamed: Settings): unknown {
  if (typeof value === 'string') return renameInText(value, renamed)
  if (Array.isArray(value)) return value.map((item) => renameVariables(item, renamed))
  if (!isPlainMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renameVariables(item, renamed)]))
}

function renameInText(template: string, renamed: Settings): string {
  const { texts, variables } = parseTemplate(template)
  const [first = '', ...rest] = texts.map((text) => text.replaceAll('{', '{{').replaceAll('}', '}}'))
  return first + rest.map((text, index) => `{${nameFor(variables[index] ?? '', renamed)}}${text}`).join('')
}

function nameFor(variable: string, renamed: Settings): string {
  const name = renamed[variable]
  return typeof name === 'string' ? name : variable
}
