import { basename, dirname, join } from 'node:path'
import { SygraError } from '../../errors.ts'
import { writeAtomic } from '../../runtime/write-atomic.ts'
import { describeValue } from '../config/config-value.ts'
import { DataSink } from '../sinks/data-sink.ts'
import { writeRows } from '../sinks/write-rows.ts'
import { isRow } from '../sources/bad-record.ts'
import { DataSource } from '../sources/data-source.ts'
import type { Row } from '../sources/source.ts'
import type { GraphProcessor, GraphProcessorContext } from './graph-processor.ts'

/** Lets a processor run over an output file; gives the file of what it made, or undefined when it made nothing. */
export async function processOutput(
  processor: GraphProcessor,
  { outputFile, runArgs, signal }: Omit<GraphProcessorContext, 'params'>,
): Promise<string | undefined> {
  const { name, params, isStreaming, process } = processor
  const rows = DataSource.disk(outputFile).rows({ signal })
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
