// Writes the JSON Schemas of the files people edit or read, from the zod schemas in dist/. With --check it only says whether
// they are up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const root = fileURLToPath(new URL('..', import.meta.url))
const isCheck = process.argv.includes('--check')

const { graphConfigJsonSchema } = await built('workflow/config/graph-config-json-schema.js')
const { modelsJsonSchema } = await built('workflow/models/models-config.js')
const { metadataSchema } = await built('metadata/schema.js')
const { figureTable } = await built('metadata/figures/registry.js')
const { columnsOfTable, tableNames } = await built('exporters/tables/tables.js')

const texts = {
  'docs/graph_config.schema.json': graphConfigJsonSchema(),
  'docs/models.schema.json': modelsJsonSchema(),
  'docs/metadata.schema.json': metadataJsonSchema(),
}
const outdated = [
  ...Object.entries(texts).map(([path, schema]) => [path, `${JSON.stringify(schema, null, 2)}\n`]),
  ['docs/metadata-format.md', formatPage()],
  ['docs/exports.md', exportsPage()],
].filter(([path, text]) => !isWritten(path, text))

if (outdated.length > 0) {
  console.error(`Out of date: ${outdated.map(([path]) => path).join(', ')}. Run npm run schema.`)
  process.exitCode = 1
}

function metadataJsonSchema() {
  const { $schema, ...rest } = z.toJSONSchema(metadataSchema, { io: 'input' })
  return { $schema, title: 'metadata file of a sygra run', ...rest }
}

/** The page on the format, with the table of figures between its marks. */
function formatPage() {
  const page = readFileSync(join(root, 'docs/metadata-format.md'), 'utf8')
  const [begin, end] = ['<!-- figures -->\n', '<!-- /figures -->\n']
  const rows = new Map()
  for (const { path, sentence } of figureTable()) {
    const key = path.split('.').at(-1)
    const row = `| \`${key}\` | ${sentence} |`
    const block = path.slice(0, path.length - key.length - 1)
    rows.set(row, [...(rows.get(row) ?? []), `\`${block}\``])
  }
  const table = [...rows].map(([row, blocks]) => `${row} ${blocks.join(', ')} |`).join('\n')
  const head = page.slice(0, page.indexOf(begin) + begin.length)
  return `${head}\n| key | what it is | where it stands |\n|---|---|---|\n${table}\n\n${page.slice(page.indexOf(end))}`
}

/** The page on tables, with the columns of each between its marks. */
function exportsPage() {
  let page = readFileSync(join(root, 'docs/exports.md'), 'utf8')
  for (const name of tableNames) {
    const [begin, end] = [`<!-- columns of ${name} -->\n`, `<!-- /columns of ${name} -->\n`]
    const rows = columnsOfTable(name).map(({ name, kind, sentence }) => `| \`${name}\` | ${kind} | ${sentence} |`)
    const head = page.slice(0, page.indexOf(begin) + begin.length)
    const table = `\n| column | | what it is |\n|---|---|---|\n${rows.join('\n')}\n\n`
    page = `${head}${table}${page.slice(page.indexOf(end))}`
  }
  return page
}

/** True when the file holds the text, or now does. */
function isWritten(path, text) {
  const file = join(root, path)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return true
  if (isCheck) return false
  writeFileSync(file, text)
  console.log(`${path} written`)
  return true
}

async function built(path) {
  const url = new URL(`../dist/${path}`, import.meta.url)
  if (existsSync(url)) return import(url)
  console.error(`dist/${path} is not there. Run npm run build.`)
  process.exit(1)
}
