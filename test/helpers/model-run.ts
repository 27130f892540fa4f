import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { vi } from 'vitest'
import { stringify } from 'yaml'
import type { ModelBlock } from '../../src/workflow/nodes/chat/model-block.ts'
import type { RunOptions, RunResult } from '../../src/workflow/run/run-options.ts'
import { Workflow } from '../../src/workflow/workflow.ts'
import { scratchFolder } from './scratch-folder.ts'

/** Asks the model `served` once for each row by an llm node, with this entry of models.yaml and this environment. */
export async function runModel(
  entry: object,
  {
    environment = {},
    rows = [{ id: 'a' }],
    options = {},
    block = {},
  }: {
    readonly environment?: Readonly<Record<string, string>>
    readonly rows?: readonly object[]
    readonly options?: RunOptions
    /** What the node says of its model besides the name. */
    readonly block?: Omit<ModelBlock, 'name'>
  } = {},
): Promise<RunResult> {
  const folder = await scratchFolder()
  const path = join(folder, 'models.yaml')
  await writeFile(path, stringify({ served: entry }))
  vi.stubEnv('SYGRA_CUSTOM_MODELS_PATH', path)
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const graph = new Workflow('provider').source([...rows])
  graph.addNode('ask', {
    node_type: 'llm',
    model: { name: 'served', ...block },
    prompt: [{ system: 'Be brief.' }, { user: 'Say hello.' }],
    output_keys: 'said',
  })
  return graph.run({ outputDir: folder, batchSize: 1, ...options })
}
