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

const outdated = Object.entries({
  'docs/graph_config.schema.json': graphConfigJsonSchema(),
  'docs/models.schema.json': modelsJsonSchema(),
  'docs/metadata.schema.json': metadataJsonSchema(),
}).filter(([path, schema]) => !isWritten(path, `${JSON.stringify(schema, null, 2)}\n`))

if (outdated.length > 0) {
  console.error(`Out of date: ${outdated.map(([path]) => path).join(', ')}. Run npm run schema.`)
  process.exitCode = 1
}

function metadataJsonSchema() {
  const { $schema, ...rest } = z.toJSONSchema(metadataSchema, { io: 'input' })
  return { $schema, title: 'metadata file of a sygra run', ...rest }
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
