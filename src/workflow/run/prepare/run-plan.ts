import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SygraError } from '../../../errors.ts'
import type { RunPlan } from '../../../runtime/ledger/ledger-entry.ts'
import type { WorkflowDefinition } from '../../define-workflow.ts'
import type { DataSource } from '../../sources/data-source.ts'
import { canonicalJson } from '../../sources/records/canonical-json.ts'
import type { Row } from '../../sources/source.ts'

/** The beginning of the data tells whether it is the same; reading all of it would take as long as the run's own reading. */
const digestedRows = 1_000

const simulatedPart = 'whether models are simulated'

/** Digests of everything that must not change between the sessions of a run, by a name for people. */
export async function digestParts(
  definition: WorkflowDefinition,
  {
    source,
    startIndex,
    isSimulated,
  }: { readonly source: DataSource; readonly startIndex: number; readonly isSimulated: boolean },
): Promise<Record<string, string>> {
  const { graph_config: graph, output_config: output, data_config: data } = definition.config
  const { nodes, ...rest } = graph
  const { resumable: _resumable, ...dataConfig } = data ?? {}
  const parts: Record<string, string> = {}
  for (const [name, node] of Object.entries(nodes)) parts[`node "${name}"`] = digestValue(node)
  parts['edges and properties'] = digestValue(rest)
  parts.output_config = digestValue(output ?? {})
  parts.data_config = digestValue(dataConfig)
  Object.assign(parts, digestFunctionFiles(definition))
  parts.data = await digestData(source)
  parts['start index'] = String(startIndex)
  // A rehearsal that goes on with real models would cost money that nobody meant to spend.
  parts[simulatedPart] = String(isSimulated)
  return parts
}

/** Digests of the files that the configuration names functions of, by their paths as it names them. */
export function digestFunctionFiles(
  definition: Pick<WorkflowDefinition, 'config' | 'directory'>,
): Record<string, string> {
  return Object.fromEntries(
    functionFilesIn(definition).map((file) => [file, digestFile(resolve(definition.directory, file))]),
  )
}

/** One digest of the configuration, for the metadata. */
export function configHashOf(parts: Readonly<Record<string, string>>): string {
  const { data: _data, 'start index': _start, [simulatedPart]: _simulated, ...config } = parts
  return digestValue(config)
}

/**
 * Refuses to take a run up when it would do something else than before.
 *
 * @throws SygraError `run_changed` with the names of what has changed.
 */
export function checkUnchanged(past: RunPlan['parts'], now: RunPlan['parts'], ledgerPath: string): void {
  const names = new Set([...Object.keys(past), ...Object.keys(now)])
  const changed = [...names].filter((name) => past[name] !== now[name])
  if (changed.length === 0) return
  const words = changed.map((name) =>
    past[name] === undefined ? `${name} (new)` : now[name] === undefined ? `${name} (gone)` : name,
  )
  throw new SygraError(
    'run_changed',
    `the run of ${ledgerPath} cannot be resumed as it was: changed since then: ${words.join(', ')}; change it back, start anew with \`resume: false\`, or mix old and new with \`force: true\``,
  )
}

async function digestData(source: DataSource): Promise<string> {
  const { sourceType, sourcePath, datasetVersion } = source.describe()
  // Streams can be read once only; remote and joined data has a version, or is too dear to be read for this.
  if (sourceType !== 'disk' && sourceType !== 'memory') return digestValue([sourceType, sourcePath, datasetVersion])
  const hash = createHash('sha256').update(`${await source.count()}\n`)
  let rows = 0
  for await (const row of source.rows({ isPreview: true, onBadRecord: 'skip' })) {
    hash.update(`${textOf(row)}\n`)
    rows += 1
    if (rows >= digestedRows) break
  }
  return hash.digest('hex').slice(0, 16)
}

function textOf(row: Row): string {
  try {
    return canonicalJson(row)
  } catch {
    // Its record will fail and say why.
    return 'unreadable'
  }
}

function functionFilesIn({ config }: Pick<WorkflowDefinition, 'config'>): readonly string[] {
  const files = new Set<string>()
  for (const [, file = ''] of plainText(config).matchAll(/"(\.{0,2}\/?[^"#\s]+\.[cm]?[jt]s)#/g)) files.add(file)
  return [...files].sort()
}

/** A digest of the text of a file; `missing` where it cannot be read. */
export function digestFile(path: string): string {
  try {
    return digest(readFileSync(path, 'utf8'))
  } catch {
    return 'missing'
  }
}

/** A digest of a value; of a function that of its text. */
export function digestValue(value: unknown): string {
  return digest(plainText(value))
}

/** JSON with functions as their source and foreign objects as their kind. */
function plainText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'function') return Function.prototype.toString.call(item)
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    const prototype: unknown = Object.getPrototypeOf(item)
    return prototype === Object.prototype || prototype === null ? item : `[${item.constructor.name}]`
  })
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
