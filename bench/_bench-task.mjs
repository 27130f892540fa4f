import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The built command line. */
export const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** A folder with the task `bench`: each record asks a model once and passes one function. */
export function makeBenchTask() {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-bench-'))
  const task = join(directory, 'tasks/bench')
  mkdirSync(task, { recursive: true })
  writeFileSync(join(task, 'functions.mjs'), 'export const more = ({ id }) => ({ more: `${id}!` })\n')
  writeFileSync(
    join(task, 'graph_config.yaml'),
    `data_config: { id_column: id, source: { type: disk, file_path: data.jsonl } }
graph_config:
  nodes:
    ask: { node_type: llm, model: gpt-4o-mini, prompt: "Say something about {id}.", output_keys: answer }
    more: { node_type: lambda, lambda: ./functions.mjs#more }
  edges: [{ from: START, to: ask }, { from: ask, to: more }, { from: more, to: END }]
output_config: { output_map: { id: { from: id }, more: { from: more } } }
`,
  )
  return {
    directory,
    /** Gives the task so many records. */
    fill(records) {
      const rows = Array.from({ length: records }, (_, index) => JSON.stringify({ id: `record-${index}` }))
      writeFileSync(join(task, 'data.jsonl'), rows.join('\n'))
    },
  }
}
