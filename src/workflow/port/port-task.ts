import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { type Document, isScalar, parseDocument, visit } from 'yaml'
import { SygraError } from '../../errors.ts'
import { pythonPathOf, rootOfModules } from '../config/python-path.ts'
import { variablesOf } from '../nodes/chat/template.ts'
import { renameInYaml } from './port-yaml.ts'
import { entriesOf, isStandIn, keysOf, type PythonReference, pythonReferencesIn } from './python-reference.ts'
import { stubFileOf } from './stub.ts'

/** What became of a Python task. */
export interface PortedTask {
  /** The folder of the task that was made. */
  readonly directory: string
  /** Files that were written. */
  readonly written: readonly string[]
  /** Files that were there already and were left as they are. */
  readonly kept: readonly string[]
  /** What was changed in the YAML, a line each. */
  readonly changes: readonly string[]
  /** Functions whose bodies are to be written, as `file#name`; those that stand in for a part of SyGra itself apart. */
  readonly functions: readonly string[]
  readonly standIns: readonly string[]
}

const configName = 'graph_config.yaml'

/**
 * Makes of a folder of a Python task, and of the tasks within it and those it names as subgraphs, tasks for this package: the
 * YAML with other names, its data, and a TypeScript file for each Python file that it names. Nothing that is there is changed.
 *
 * @param to the folder to write into; by default the same path as in the Python repository, from where one runs.
 * @throws SygraError `not_found` for a folder without a task; `bad_argument` where a task is there already.
 */
export async function portTask(from: string, to?: string): Promise<readonly PortedTask[]> {
  const directory = resolve(from)
  const configs = configsBelow(directory)
  if (configs.length === 0) throw new SygraError('not_found', `${from}: there is no ${configName} in it or below`)
  const root = rootOfModules(directory) ?? directory
  const target = resolve(to ?? (root === directory ? join('tasks', basename(directory)) : relative(root, directory)))
  const tasks = configs.map((config) => ({
    from: dirname(config),
    to: join(target, relative(directory, dirname(config))),
  }))
  const ported: PortedTask[] = []
  const seen = new Set<string>()
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    if (seen.has(task.from)) continue
    seen.add(task.from)
    const isOwn = task.from === directory || task.from.startsWith(directory + sep)
    if (existsSync(join(task.to, configName))) {
      // Another task may have brought a subgraph along.
      if (!isOwn) continue
      throw new SygraError(
        'bad_argument',
        `${join(task.to, configName)} is there already; name another folder with --to`,
      )
    }
    const { subgraphs, ...made } = await portFolder(task, root)
    ported.push(made)
    const outside = subgraphs.filter((name) => existsSync(join(root, name, configName)))
    tasks.push(...outside.map((name) => ({ from: join(root, name), to: resolve(name) })))
  }
  return ported
}

function configsBelow(directory: string): readonly string[] {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return []
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => basename(name) === configName)
    .map((name) => join(directory, name))
    .sort()
}

async function portFolder(
  { from, to }: { readonly from: string; readonly to: string },
  root: string,
): Promise<PortedTask & { readonly subgraphs: readonly string[] }> {
  const path = join(from, configName)
  const document = parseDocument(readFileSync(path, 'utf8'), { merge: true })
  const [broken] = document.errors
  if (broken !== undefined) throw new SygraError('bad_config', `${path}: broken YAML: ${broken.message}`)
  const stateKeys = stateKeysIn(document)
  const generatorMethods = generatorMethodsIn(document)
  const changes = renameInYaml(document, { root, directory: from })
  // References are named from the place that the task had, which is the place it gets.
  const references = pythonReferencesIn(document, { root, directory: from })
  for (const { scalar, reference } of references) scalar.value = reference
  const written: string[] = []
  const kept: string[] = []
  await mkdir(to, { recursive: true })
  await writeFile(join(to, configName), document.toString({ lineWidth: 0 }))
  written.push(join(to, configName))
  for (const file of dataIn(from)) {
    const target = join(to, relative(from, file))
    if (existsSync(target)) kept.push(target)
    else {
      await cp(file, target)
      written.push(target)
    }
  }
  for (const [file, uses] of byFile(references)) {
    const target = resolve(to, file)
    if (existsSync(target)) kept.push(target)
    else {
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, stubFileOf(uses, { stateKeys, generatorMethods, root }))
      written.push(target)
    }
  }
  const nameOf = ({ reference }: PythonReference) => relative('.', join(to, reference))
  return {
    directory: to,
    written,
    kept,
    changes,
    functions: [...new Set(references.filter((each) => !isStandIn(each)).map(nameOf))],
    standIns: [...new Set(references.filter(isStandIn).map(nameOf))],
    subgraphs: subgraphsIn(document),
  }
}

/** The files beside the YAML that are no Python: data above all. A folder with a task of its own is left to that task. */
function dataIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory())
      return entry.name.startsWith('__') || existsSync(join(path, configName)) ? [] : dataIn(path)
    return /\.py[co]?$/.test(entry.name) || entry.name === configName ? [] : [path]
  })
}

function byFile(references: readonly PythonReference[]): ReadonlyMap<string, readonly PythonReference[]> {
  const files = new Map<string, PythonReference[]>()
  for (const each of references) {
    const [file = ''] = each.reference.split('#')
    files.set(file, [...(files.get(file) ?? []), each])
  }
  return files
}

/** Keys of the state that a configuration names: variables of templates, what nodes write, what the output takes. */
function stateKeysIn(document: Document): readonly string[] {
  const keys = new Set<string>()
  const add = (value: unknown) => {
    if (isScalar(value) && typeof value.value === 'string') keys.add(value.value)
  }
  visit(document, {
    Pair(_key, { key, value }, ancestors) {
      const name = isScalar(key) ? key.value : undefined
      // An edge's `from` is the name of a node and no key.
      if (name === 'from' && keysOf(ancestors).includes('output_map')) add(value)
      if (name === 'output_keys') for (const each of isScalar(value) ? [value] : itemsOf(value)) add(each)
      if (name === 'attributes') for (const [attribute] of entriesOf(value)) keys.add(attribute)
    },
    Scalar(_key, { value }, ancestors) {
      const isPrompt = keysOf(ancestors).includes('prompt')
      if (isPrompt && typeof value === 'string') for (const variable of variablesOf(value)) keys.add(variable)
    },
  })
  return [...keys].filter((key) => key !== '__chat_history__' && key !== 'messages')
}

function itemsOf(node: unknown): readonly unknown[] {
  const items: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, 'items') : undefined
  return Array.isArray(items) ? items : []
}

function generatorMethodsIn(document: Document): readonly string[] {
  const fields = entriesOf(document.getIn(['output_config', 'output_map']))
  const methods = fields.flatMap(([, field]) => entriesOf(field).filter(([key]) => key === 'transform'))
  return [...new Set(methods.flatMap(([, value]) => (isScalar(value) ? [String(value.value)] : [])))]
}

/** The folders of the tasks that are named as subgraphs. */
function subgraphsIn(document: Document): readonly string[] {
  const names: string[] = []
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.value !== 'subgraph' || !isScalar(value)) return
      if (pythonPathOf(value.value) !== undefined) names.push(String(value.value).replaceAll('.', '/'))
    },
  })
  return names
}
