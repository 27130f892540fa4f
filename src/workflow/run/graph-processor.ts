import { basename, dirname, join } from 'node:path'
import { messageOf, SygraError } from '../../errors.ts'
import { writeAtomic } from '../../runtime/files/write-atomic.ts'
import { placeText } from '../config/config-issue.ts'
import { describeValue } from '../config/config-value.ts'
import type { FunctionReference, MethodsClass } from '../config/function-reference.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { gather } from '../gather.ts'
import { isClass, type ModuleLoader, methodsOf } from '../module-loader.ts'
import type { UserFunction } from '../nodes/node-kind.ts'
import { DataSink } from '../sinks/data-sink.ts'
import { writeRows } from '../sinks/write-rows.ts'
import { DataSource } from '../sources/data-source.ts'
import { isRow } from '../sources/records/bad-record.ts'
import type { Row } from '../sources/source.ts'

/** What runs over all rows of the output: a function, a class with the method `process`, or `./file.ts#export`. */
type GraphProcessorChoice = FunctionReference | MethodsClass

/** A processor as a function: of a list of all rows, or as a generator of an `AsyncIterable` of them. */
export type GraphProcessorFunction<Rows extends readonly object[] | AsyncIterable<object>> = (
  rows: Rows,
  context: GraphProcessorContext,
) => unknown

/** What a processor is told besides the rows. */
export interface GraphProcessorContext {
  readonly outputFile: string
  /** Those of its entry in the configuration. */
  readonly params: Readonly<Record<string, unknown>>
  readonly runArgs: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
}

/** A processor that is ready to run. */
export interface GraphProcessor {
  /** Takes the place of `output` in the name of its file. */
  readonly name: string
  readonly params: Readonly<Record<string, unknown>>
  /** True when it takes the rows one by one: it is a generator function. False when it takes a list of all of them. */
  readonly isStreaming: boolean
  readonly process: (rows: readonly Row[] | AsyncIterable<Row>, context: GraphProcessorContext) => unknown
}

/**
 * Loads the processors of a task.
 *
 * @throws SygraError `bad_function` for what cannot process, or two of one name.
 */
export async function loadGraphProcessors(
  { config, origin }: WorkflowDefinition,
  modules: ModuleLoader,
): Promise<readonly GraphProcessor[]> {
  const loaded = (config.graph_post_process ?? []).map(async (entry, index) => {
    const where = placeText({ path: ['graph_post_process', index] }, origin)
    const { processor, params = {} } = typeof entry === 'object' ? entry : { processor: entry }
    const given: unknown = typeof processor === 'string' ? await modules.export(processor, where) : processor
    const name = nameOf(processor) || `post_process_${index + 1}`
    return { name, params, ...processOf(given, { params, where, name }) }
  })
  const processors = await gather(loaded)
  const names = processors.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return processors
  throw new SygraError(
    'bad_function',
    `graph_post_process: two processors are named "${twice}", so their files would be one`,
  )
}

function nameOf(processor: GraphProcessorChoice): string {
  if (typeof processor !== 'string') return processor.name
  return basename(processor.split('#')[1] ?? processor)
}

function processOf(
  given: unknown,
  { params, where, name }: { readonly params: object; readonly where: string; readonly name: string },
): Pick<GraphProcessor, 'isStreaming' | 'process'> {
  const find = methodsOf(given, [params])
  const isFunction = typeof given === 'function' && !isClass(given)
  const process = (isFunction ? given : (find('process') ?? find('apply'))) as UserFunction | undefined
  if (process === undefined) {
    throw new SygraError('bad_function', `${where}: ${name} is no function and no class with "process"`)
  }
  return { process, isStreaming: /Generator/.test(process.constructor.name) }
}

/**
 * Lets a processor run over an output file; gives the file of what it made, or undefined when it made nothing.
 *
 * @param rowsFile what it reads: the output, or what the processor before it made.
 */
export async function processOutput(
  processor: GraphProcessor,
  { rowsFile, outputFile, runArgs, signal }: Omit<GraphProcessorContext, 'params'> & { readonly rowsFile: string },
): Promise<string | undefined> {
  const { name, params, isStreaming, process } = processor
  const rows = rowsIn(rowsFile, { name, signal })
  const context = { outputFile, params, runArgs, signal }
  const made = await process(isStreaming ? rows : await listOf(rows), context)
  if (made === undefined || made === null) return undefined
  const path = processedPath(outputFile, name)
  if (isIterable(made)) {
    await writeRows(DataSink.disk(path), () => checked(made, name))
    return path
  }
  if (typeof made !== 'object') throw notRows(name, made)
  const report = path.replace(/\.jsonl$/, '.json')
  await writeAtomic(report, `${JSON.stringify(made, null, 2)}\n`)
  return report
}

async function* rowsIn(
  file: string,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): AsyncGenerator<Row> {
  try {
    yield* DataSource.disk(file).rows({ signal })
  } catch (error) {
    if (!(error instanceof SygraError)) throw error
    const message = `graph_post_process: ${name} uses the previous output, ${basename(file)}: ${messageOf(error)}`
    throw new SygraError(error.code, message, { cause: error })
  }
}

/** True for a processor whose parameters ask for what the one before it made in place of the output. */
export function usesPreviousOutput({ params }: GraphProcessor): boolean {
  return params.use_previous_output === true
}

/** The file of a processor: that of the output with the processor's name in place of `output`. */
function processedPath(outputFile: string, name: string): string {
  const file = basename(outputFile).replace(/output(?=(_[\d_-]+)?\.jsonl?$)/, name)
  return join(dirname(outputFile), file)
}

async function listOf(rows: AsyncIterable<Row>): Promise<Row[]> {
  const list: Row[] = []
  for await (const row of rows) list.push(row)
  return list
}

async function* checked(made: AsyncIterable<unknown> | Iterable<unknown>, name: string): AsyncGenerator<Row> {
  for await (const row of made) {
    if (!isRow(row)) throw notRows(name, row)
    yield row
  }
}

function notRows(name: string, found: unknown): SygraError {
  return new SygraError(
    'bad_function',
    `graph_post_process: ${name} gave ${describeValue(found)}; expected rows, each a map of columns, or one map as a report`,
  )
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
}
