import { expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import type { Row } from '../sources/source.ts'
import { Workflow } from '../workflow.ts'

// A record without an id gets one, as in the Python system; nodes and output can use it.

async function run(change: (graph: Workflow) => void = () => {}) {
  const rows: Row[] = [{ text: 'a' }]
  const graph = new Workflow('ids').source(rows)
  graph.addLambdaNode('see', ({ id }: { id?: unknown }) => ({ seen: id }))
  change(graph)
  const { records } = await graph.run({ outputDir: await scratchFolder() })
  return records[0]
}

test('the id of a record without one is in the state, and in the row where the output map takes it', async () => {
  const row = await run((graph) => graph.outputField('id', { from: 'id' }).outputField('seen', { from: 'seen' }))
  expect(row?.id).toMatch(/^[0-9a-f]{16}$/)
  expect(row?.seen).toBe(row?.id)
})

test('without an output map a row has what the record had and what nodes wrote', async () => {
  expect(Object.keys((await run()) ?? {}).sort()).toEqual(['seen', 'text'])
})
