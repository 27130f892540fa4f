import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../helpers/run-cli.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

const task = `data_config:
  source: { type: memory, data: [{ id: 1 }, { id: 2 }] }
graph_config:
  nodes:
    say: { node_type: lambda, lambda: ./task.ts#say }
output_config:
  output_map:
    answer: { from: answer }
    note: { from: note }
`

const warning = 'WARNING: "answer" is empty in all 2 rows: nothing wrote the key "answer" that it takes\n'

test('a field that no worker fills is told at the end, one that some rows fill is not', async () => {
  const directory = await scratchFolder()
  const folder = join(directory, 'tasks/letters')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'graph_config.yaml'), task)
  const say = 'export const say = ({ id }: { id: number }) => (id === 1 ? { note: 1 } : { anwser: 1 })\n'
  writeFileSync(join(folder, 'task.ts'), say)
  const { code, stderr } = await runCli(['run', '-t', 'letters', '--quiet', '--workers', '1'], { directory })
  expect([stderr, code]).toEqual([warning, 0])
})
