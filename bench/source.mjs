// MB a second of each reader against the library it stands on, which parses the same file and gives its rows to nobody; and
// the memory of a program that reads a million rows through `DataSource`. Time is that of the processor, so that a busy
// machine changes the figures less.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import Papa from 'papaparse'
import { DataSource } from '../dist/index.js'

const [, script, mode, file] = process.argv

const libraries = {
  jsonl: {
    name: 'readline and JSON.parse',
    async read(path) {
      for await (const line of createInterface({ input: createReadStream(path) })) JSON.parse(line)
    },
  },
  json: { name: 'JSON.parse of the whole file', read: async (path) => JSON.parse(readFileSync(path, 'utf8')) },
  csv: {
    name: 'papaparse',
    read: (path) =>
      new Promise((done, failed) => {
        Papa.parse(createReadStream(path), { header: true, step: () => {}, complete: done, error: failed })
      }),
  },
  parquet: {
    name: 'hyparquet, the whole file at once',
    read: async (path) => parquetReadObjects({ file: await asyncBufferFromFile(path), compressors }),
  },
}

if (mode === 'read') await readAndTell(file)
else await main()

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-bench-'))
  try {
    const small = await writeFiles(directory, { name: 'small', count: 200_000 })
    for (const [format, path] of Object.entries(small)) await compare(format, path)
    console.log('\nA million rows, in a program of their own:')
    const large = await writeFiles(directory, { name: 'large', count: 1_000_000 })
    for (const [format, path] of Object.entries(large)) {
      const { stdout, stderr } = spawnSync(process.execPath, [script, 'read', path], { encoding: 'utf8' })
      console.log(`${format.padEnd(22)} ${stdout.trim() || stderr.trim()}`)
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function compare(format, path) {
  const megabytes = statSync(path).size / 1e6
  const library = libraries[format]
  if (library === undefined) return
  await readAll(path)
  const ours = await processorSeconds(() => readAll(path))
  const theirs = await processorSeconds(() => library.read(path))
  const speed = (seconds) => `${(megabytes / seconds).toFixed(0)} MB/s`
  console.log(
    `${format.padEnd(8)} ${megabytes.toFixed(0)} MB: sygra ${speed(ours)}, ${library.name} ${speed(theirs)}, ratio ${(theirs / ours).toFixed(2)}`,
  )
}

async function readAll(path) {
  let count = 0
  for await (const _row of DataSource.disk(path).rows()) count += 1
  return count
}

async function processorSeconds(work) {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

async function readAndTell(path) {
  const count = await readAll(path)
  const peak = peakMegabytes()
  console.log(
    `${count.toLocaleString('en')} rows, ${(statSync(path).size / 1e6).toFixed(0)} MB, peak ${peak.toFixed(0)} MB (limit 300)`,
  )
}

/** The most memory that the process has held. A new program inherits the peak of the one that started it in `maxRSS`. */
function peakMegabytes() {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS
  return Number(kilobytes) / 1024
}

/** The same rows in each format; parquet also as one row group, which is the hardest to read in parts. */
async function writeFiles(directory, { name, count }) {
  const path = (ending) => join(directory, `${name}${ending}`)
  const [jsonl, csv, json] = ['.jsonl', '.csv', '.json'].map((ending) => createWriteStream(path(ending)))
  csv.write('id,topic,question,score\n')
  json.write('[')
  for (let id = 0; id < count; id += 1) {
    const row = rowOf(id)
    const text = JSON.stringify(row)
    json.write(`${id === 0 ? '' : ','}\n${text}`)
    csv.write(`${row.id},${row.topic},"${row.question}",${row.score}\n`)
    if (!jsonl.write(`${text}\n`)) await once(jsonl, 'drain')
  }
  json.write('\n]\n')
  await Promise.all([jsonl, csv, json].map((stream) => once(stream.end(), 'finish')))
  await writeParquet(path('.parquet'), { count, groupSize: 50_000 })
  await writeParquet(path('-one.parquet'), { count, groupSize: count })
  return {
    jsonl: path('.jsonl'),
    json: path('.json'),
    csv: path('.csv'),
    parquet: path('.parquet'),
    'parquet, one row group': path('-one.parquet'),
  }
}

function rowOf(id) {
  return {
    id,
    topic: `topic ${id % 97}`,
    question: `How does ${id} relate to ${id * 7}, and why is that so?`,
    score: id / 3,
  }
}

async function writeParquet(path, { count, groupSize }) {
  const types = { id: 'INT32', topic: 'STRING', question: 'STRING', score: 'DOUBLE' }
  const columnsOf = (rows) =>
    Object.entries(types).map(([name, type]) => ({ name, type, data: rows.map((row) => row[name]) }))
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: schemaFromColumnData({ columnData: columnsOf([]) }),
  })
  for (let start = 0; start < count; start += groupSize) {
    const rows = Array.from({ length: Math.min(groupSize, count - start) }, (_, index) => rowOf(start + index))
    await writer.write({ columnData: columnsOf(rows), rowGroupSize: groupSize })
  }
  await writer.finish()
}
