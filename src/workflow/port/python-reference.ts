import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Document } from 'yaml'
import { isMap, isScalar, isSeq, type Scalar, visit } from 'yaml'
import {
  hasNoCounterpart,
  isOwnOfSygra,
  type PythonPath,
  portedReference,
  pythonPathOf,
} from '../config/python-path.ts'
import { isKnownTransformation } from '../transformations/transformation-config.ts'

const kinds = [
  'pre_process',
  'post_process',
  'multi_llm_post_process',
  'lambda',
  'condition',
  'generator',
  'processor',
  'transform',
  'tools',
  'schema',
] as const

/** What a Python path is used for, which decides what its counterpart gets and gives. */
export type ReferenceKind = (typeof kinds)[number]

/** A Python path in a configuration, and what it becomes. */
export interface PythonReference {
  readonly kind: ReferenceKind
  /** Where it is called, in words: `node "ask"`. */
  readonly place: string
  readonly python: PythonPath
  /** The Python file, where it could be found. */
  readonly source: string | undefined
  /** `./task_executor.ts#Name`, or `./tools.ts` for all tools of a module. */
  readonly reference: string
  readonly scalar: Scalar
}

/**
 * The Python paths of a configuration in the order they stand there.
 *
 * @param root the folder that dotted paths start at.
 * @param directory the folder of the task.
 */
export function pythonReferencesIn(
  document: Document,
  { root, directory }: { readonly root: string; readonly directory: string },
): readonly PythonReference[] {
  const found: PythonReference[] = []
  visit(document, {
    Scalar(_key, scalar, ancestors) {
      const python = pythonPathOf(scalar.value)
      const keys = keysOf(ancestors)
      const kind = python === undefined ? undefined : kindOf(keys)
      if (python === undefined || kind === undefined) return
      if (kind === 'transform' && isKnownTransformation(String(scalar.value))) return
      const whole = join(root, ...python.modules, `${python.name}.py`)
      const isModule = kind === 'tools' && existsSync(whole)
      const file = isModule ? whole : join(root, ...python.modules.slice(0, -1), `${python.modules.at(-1)}.py`)
      const named = portedReference(
        isModule ? { modules: [...python.modules, python.name], name: '' } : python,
        directory,
      )
      found.push({
        kind,
        place: placeOf(keys),
        python,
        source: existsSync(file) ? file : undefined,
        reference: isModule ? named.replace('#', '') : named,
        scalar,
      })
    },
  })
  return found
}

/** The keys on the way to a value of a YAML document, of lists none. */
export function keysOf(ancestors: readonly unknown[]): readonly string[] {
  return ancestors.flatMap((ancestor) => {
    const key: unknown = typeof ancestor === 'object' && ancestor !== null ? Reflect.get(ancestor, 'key') : undefined
    return isScalar(key) ? [String(key.value)] : []
  })
}

function kindOf(keys: readonly string[]): ReferenceKind | undefined {
  const last = keys.at(-1)
  if (last === 'graph_post_process') return 'processor'
  // In an output map a transform is a method of the generator; a field of that name is no reference at all.
  if (last === 'transform' && !keys.includes('transformations')) return undefined
  if (last === 'schema' && keys.includes('fields')) return undefined
  return kinds.find((kind) => kind === last)
}

function placeOf(keys: readonly string[]): string {
  const node = keys[keys.indexOf('nodes') + 1]
  if (keys.includes('nodes') && node !== undefined) return `node "${node}"`
  if (keys.includes('edges')) return 'an edge'
  return keys.slice(0, -1).join('.') || (keys[0] ?? '')
}

/** A parameter of a function, or a field of a class. */
export interface PythonField {
  readonly name: string
  readonly type: string
  /** What it is when it is left out, as TypeScript writes it; undefined where it must be given, or is more than a plain value. */
  readonly fallback?: string
}

/** A tool as its Python function declares it. */
export interface PythonTool {
  readonly name: string
  readonly description: string
  readonly parameters: readonly PythonField[]
  /** The class it is a member of. */
  readonly className: string | undefined
}

/** The functions of a Python file that are marked as tools. */
export function toolsIn(file: string): readonly PythonTool[] {
  const text = readFileSync(file, 'utf8')
  const pattern =
    /^([ \t]*)@tool\b[^\n]*\n\s*(?:async\s+)?def\s+(\w+)\(([^)]*)\)[^:\n]*:\s*\n\s*(?:"""([\s\S]*?)""")?/gm
  return [...text.matchAll(pattern)].map((match) => {
    const [, indent = '', name = '', parameters = '', description = ''] = match
    const classes = [...text.slice(0, match.index).matchAll(/^class\s+(\w+)/gm)]
    return {
      name,
      description: description.trim().split('\n')[0] ?? '',
      parameters: parametersIn(parameters),
      className: indent === '' ? undefined : classes.at(-1)?.[1],
    }
  })
}

function parametersIn(text: string): PythonTool['parameters'] {
  return text.split(/,(?![^[]*\])/).flatMap((part) => {
    const [declared = '', ...given] = part.split('=')
    const [name = '', ...type] = declared.split(':').map((piece) => piece.trim())
    if (!/^\w+$/.test(name) || name === 'self' || name === 'cls') return []
    const fallback = plainValueOf(given.join('=').trim())
    return [{ name, type: type.join(':') || 'any', ...(fallback === undefined ? {} : { fallback }) }]
  })
}

const constants: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' }

/** A number, a text or a constant of Python as TypeScript writes it. */
function plainValueOf(text: string): string | undefined {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return text
  const [, , quoted] = /^(["'])([^"'\\]*)\1$/.exec(text) ?? []
  return quoted === undefined ? constants[text] : `'${quoted}'`
}

/** The fields of a class of a Python file, by their annotations. */
export function fieldsOf(file: string, name: string): PythonTool['parameters'] {
  const [, body = ''] = readFileSync(file, 'utf8').split(new RegExp(`^class\\s+${name}\\b[^\\n]*\\n`, 'm'))
  const [own = ''] = body.split(/^\S/m)
  return [...own.matchAll(/^ {4}(\w+)\s*:\s*([^=\n]+?)\s*(?:=.*)?$/gm)].map(([, field = '', type = '']) => ({
    name: field,
    type,
  }))
}

/** The line of a Python file at which a class or function begins, from 1. */
export function lineOf(file: string, name: string): number | undefined {
  const lines = readFileSync(file, 'utf8').split('\n')
  const index = lines.findIndex((line) => new RegExp(`^\\s*(?:class|(?:async )?def)\\s+${name}\\b`).test(line))
  return index < 0 ? undefined : index + 1
}

/** True for what stands in for a part of the Python system itself. */
export function isStandIn({ python }: PythonReference): boolean {
  return isOwnOfSygra(python) || hasNoCounterpart(python)
}

/** The entries of a YAML map, and nothing for another node. */
export function entriesOf(node: unknown): readonly (readonly [string, unknown])[] {
  if (isMap(node))
    return node.items.flatMap(({ key, value }) => (isScalar(key) ? [[String(key.value), value] as const] : []))
  return isSeq(node) ? node.items.flatMap(entriesOf) : []
}
