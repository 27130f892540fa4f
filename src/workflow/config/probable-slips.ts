import { distance } from 'fastest-levenshtein'
import { placesOfParameters } from '../nodes/chat/model-block.ts'
import { nodeWritesOf } from '../nodes/node-kinds.ts'
import { type ConfigOrigin, type ConfigPath, placeText } from './config-issue.ts'
import type { GraphConfig } from './graph-config.ts'
import { isPlainMap } from './plain-map.ts'

/**
 * What is allowed and was probably not meant: a variable in two braces, a parameter of a model that is nearly one that every
 * service has. A line for each, with its place.
 *
 * @param fields the fields that records have.
 */
export function probableSlips(config: GraphConfig, fields: Iterable<string>, origin?: ConfigOrigin): readonly string[] {
  const nodes = Object.entries(config.graph_config.nodes).filter(([, { node_state: state }]) => state !== 'idle')
  const known = new Set([...fields, ...nodes.flatMap(([, node]) => nodeWritesOf(node).keys)])
  return nodes.flatMap(([name, node]) =>
    slipsIn(node, { path: ['graph_config', 'nodes', name], known }).map(
      ({ path, text }) => `${placeText({ path }, origin)}: ${text}`,
    ),
  )
}

interface Slip {
  readonly path: ConfigPath
  readonly text: string
}

/** Looks through the settings of a node; one that asks several models has prompts and parameters further down. */
function slipsIn(
  value: unknown,
  { path, known }: { readonly path: ConfigPath; readonly known: ReadonlySet<string> },
): readonly Slip[] {
  if (!isPlainMap(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key]
    if (key === 'prompt') return bracesIn(inner, { path: at, known })
    return key === 'parameters' && isPlainMap(inner) ? parametersIn(inner, at) : slipsIn(inner, { path: at, known })
  })
}

// Templates of other tools have two braces, or blanks within them.
const likeVariable =
  /(?<!\{)\{\{\s*([\p{L}_][\p{L}\p{N}_]*)\s*\}\}(?!\})|(?<!\{)\{(?:\s+([\p{L}_][\p{L}\p{N}_]*)\s*|([\p{L}_][\p{L}\p{N}_]*)\s+)\}(?!\})/gu

function bracesIn(
  prompt: unknown,
  { path, known }: { readonly path: ConfigPath; readonly known: ReadonlySet<string> },
): readonly Slip[] {
  if (typeof prompt === 'string') {
    return [...prompt.matchAll(likeVariable)].flatMap(([found, ...names]): Slip[] => {
      const name = names.find((candidate) => candidate !== undefined)
      if (name === undefined || !known.has(name)) return []
      return [
        {
          path,
          text: `the model is told "${found.replaceAll(/\{\{|\}\}/g, (pair) => pair[0] ?? '')}" as it stands; for the value of "${name}" write {${name}}`,
        },
      ]
    })
  }
  if (Array.isArray(prompt)) return prompt.flatMap((part, index) => bracesIn(part, { path: [...path, index], known }))
  if (!isPlainMap(prompt)) return []
  return Object.entries(prompt).flatMap(([key, part]) => bracesIn(part, { path: [...path, key], known }))
}

const numbers: ReadonlySet<string> = new Set(
  [...placesOfParameters].filter((name) => !/^(?:stop|reasoning_effort)$/.test(name)),
)

function parametersIn(parameters: Readonly<Record<string, unknown>>, path: ConfigPath): readonly Slip[] {
  return Object.entries(parameters).flatMap(([name, value]): Slip[] => {
    if (numbers.has(name)) {
      if (typeof value === 'number' || value === null || value === undefined) return []
      return [{ path: [...path, name], text: `"${name}" is ${JSON.stringify(value)}; services expect a number` }]
    }
    // Services have parameters of their own, so that only what differs in a letter or two is one that was misspelt.
    const meant = [...placesOfParameters].find(
      (known) => known.length >= 8 && name !== known && !placesOfParameters.has(name) && distance(name, known) <= 2,
    )
    if (meant === undefined) return []
    return [
      {
        path: [...path, name],
        text: `"${name}" is sent as it is, as services have parameters of their own; did you mean "${meant}"?`,
      },
    ]
  })
}
