import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../helpers/scratch-folder.ts'

const shout = `
import { z } from 'zod'
import { closedObject } from '../config/closed-object.ts'
import { nodeKind } from './node-kind.ts'
import { nodeSettings } from './node-settings.ts'

export const shout = nodeKind({
  schema: closedObject({ node_type: z.literal('shout'), ...nodeSettings, of: z.string() }),
  outputKeysIn: () => ['shouted'],
  writes: () => ({ keys: ['shouted'], areAllKnown: true }),
  load: async () => ({
    create: async ({ of }) => ({ type: 'shout', execute: (state) => ({ shouted: String(state[of]).toUpperCase() }) }),
  }),
})
`

const yaml = (type: string, key = 'of') => `
data_config: { source: { type: memory, data: [{ id: a, text: hello }] } }
graph_config:
  nodes:
    loud: { node_type: ${type}, ${key}: text }
    say: { node_type: llm, model: { name: gpt-4o-mini }, prompt: [{ user: "Repeat {shouted}" }] }
`

test('a kind of node is one file and one line: it is checked, listed, drawn, estimated and run', async () => {
  const folder = await scratchFolder()
  // The other folders do not import this one, and stay what they are: they are compiled for other tests, too.
  await mkdir(join(folder, 'src'))
  for (const name of (await readdir('src')).filter((one) => one !== 'workflow'))
    await symlink(resolve('src', name), join(folder, 'src', name))
  await cp('src/workflow', join(folder, 'src/workflow'), { recursive: true })
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))
  await cp('package.json', join(folder, 'package.json'))
  await writeFile(join(folder, 'src/workflow/nodes/shout.ts'), shout)
  const registry = join(folder, 'src/workflow/nodes/node-kinds.ts')
  const text = await readFile(registry, 'utf8')
  const [list = ''] = /const nodeKinds = \[/.exec(text) ?? []
  await writeFile(registry, `import { shout } from './shout.ts'\n${text.replace(list, `${list}shout, `)}`)
  const load = (file: string) => import(join(folder, 'src', file))

  const { parseGraphConfig } = await load('workflow/config/load-graph-config.ts')
  const { config } = parseGraphConfig(yaml('shout'), 'graph_config.yaml')
  expect(() => parseGraphConfig(yaml('shuot'), 'graph_config.yaml')).toThrow('did you mean "shout"?')
  expect(() => parseGraphConfig(yaml('shout', 'off'), 'graph_config.yaml')).toThrow(
    'graph_config.yaml:5:31: unknown key "off"; expected "node_type", "node_state", "node_name", "summary" or "of"; did you mean "of"?',
  )

  const { graphConfigJsonSchema } = await load('workflow/config/graph-config-json-schema.ts')
  expect(JSON.stringify(graphConfigJsonSchema())).toContain('"const":"shout"')
  const { drawText } = await load('workflow/config/draw-graph.ts')
  expect(drawText(config)).toContain('loud (shout)')

  const { defineWorkflow } = await load('workflow/define-workflow.ts')
  const { estimateRun } = await load('workflow/estimate/estimate-run.ts')
  const definition = await defineWorkflow({ taskName: 'shouting', directory: folder, config })
  const { nodes, assumptions } = await estimateRun(definition)
  expect(nodes.map(({ node }: { node: string }) => node)).toEqual(['say'])
  expect(assumptions).toContain('nothing for what functions write: {shouted}')

  const { Workflow } = await load('workflow/workflow.ts')
  const workflow = new Workflow('shouting').source([{ id: 'a', text: 'hello' }])
  workflow.addNode('loud', { node_type: 'shout', of: 'text' })
  const { records, metadata } = await workflow.run({ outputDir: folder })
  expect(records).toEqual([{ id: 'a', text: 'hello', shouted: 'HELLO' }])
  expect(metadata.nodes.loud).toMatchObject({ node_type: 'shout', total_executions: 1 })
})
