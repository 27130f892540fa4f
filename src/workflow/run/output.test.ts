import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { loadTask } from '../load-task.ts'
import { Workflow } from '../workflow.ts'
import { runWorkflow } from './run-workflow.ts'

/** Runs a task of one lambda over two records; what is given is the rest of its configuration. */
async function runTask(rest: string, files: Readonly<Record<string, string>> = {}) {
  const directory = await scratchFolder()
  writeFileSync(
    join(directory, 'graph_config.yaml'),
    `data_config:
  source: { type: memory, data: [{ id: a, n: 1 }, { id: b, n: 2 }] }
graph_config:
  nodes:
    double: { node_type: lambda, lambda: './task.ts#double', output_keys: twice }
${rest}`,
  )
  writeFileSync(join(directory, 'task.ts'), 'export const double = ({ n }) => ({ twice: n * 2 })\n')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  return runWorkflow(await loadTask(directory), { outputDir: await scratchFolder(), runName: 'my' })
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

describe('the output map', () => {
  test('takes, fixes, refers into the file and transforms, by functions and by methods of the generator', async () => {
    const { records } = await runTask(
      `output_config:
  generator: ./output.ts#Output
  preserve_fields: [n]
  output_map:
    id: { from: id, transform: shout }
    twice: { from: twice, transform: './output.ts#negative' }
    where: { value: $data_config.source.type }
    facts: { value: { of: $data_config.source.data.0.id, price: "$5", list: [$graph_config.nodes.double.node_type] } }
    none: { from: twice, transform: nothing }
`,
      {
        'output.ts': `
          export class Output {
            suffix = '!'
            shout(id, state) { return id.toUpperCase() + this.suffix + state.twice }
            nothing() { return null }
          }
          export const negative = (value) => -value
        `,
      },
    )
    const facts = { of: 'a', price: '$5', list: ['lambda'] }
    expect(records).toEqual([
      { n: 1, id: 'A!2', twice: -2, where: 'memory', facts, none: null },
      { n: 2, id: 'B!4', twice: -4, where: 'memory', facts, none: null },
    ])
  })

  test('writes null for what a record does not have, so that all rows have the same columns', async () => {
    const graph = new Workflow('sparse').source([{ id: 'a', n: 1 }, { id: 'b' }])
    graph.addLambdaNode('none', () => undefined)
    const { records } = await graph.outputField('n', { from: 'n' }).run({ outputDir: await scratchFolder() })
    expect(records).toEqual([{ n: 1 }, { n: null }])
  })

  test('gives the id of a record that has no such field', async () => {
    const graph = new Workflow('ids').source([{ name: 'x' }]).idColumn('name')
    graph.addLambdaNode('none', () => undefined)
    const { records } = await graph.outputField('id', { from: 'id' }).run({ outputDir: await scratchFolder() })
    expect(records).toEqual([{ id: 'x' }])
  })

  test.each([
    ['a method that there is not', 'id: { from: id, transform: shuot }', /no method "shuot".*did you mean "shout"\?/],
    ['a reference to nothing', 'id: { value: $data_config.sauce }', /\$data_config\.sauce leads to nothing/],
    ['a function that is not exported', "id: { from: id, transform: './output.ts#no' }", /does not export "no"/],
  ])('refuses %s, with the place', async (_what, field, message) => {
    const task = `output_config:\n  generator: ./output.ts#Output\n  output_map:\n    ${field}\n`
    const run = runTask(task, { 'output.ts': 'export class Output { shout() {} }' })
    await expect(run).rejects.toThrow(message)
    await expect(run).rejects.toThrow(/graph_config\.yaml:9:\d+: /)
  })
})

describe('the generator', () => {
  test.each([
    ['a function', 'export const make = ({ twice }) => ({ made: twice })'],
    ['a class with apply', 'export class make { apply({ twice }) { return { made: twice } } }'],
    ['a class with generate', 'export class make { generate({ twice }) { return { made: twice } } }'],
  ])('may be %s', async (_what, text) => {
    const { records } = await runTask('output_config: { generator: ./output.ts#make }\n', { 'output.ts': text })
    expect(records).toEqual([{ made: 2 }, { made: 4 }])
  })

  test('may make no row of a record, which is no failure', async () => {
    const text = 'export const make = ({ n, twice }) => n === 1 ? undefined : { made: twice }'
    const { records, metadata } = await runTask('output_config: { generator: ./output.ts#make }\n', {
      'output.ts': text,
    })
    expect(records).toEqual([{ made: 4 }])
    expect(metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 2, total_failed: 0 })
  })

  test('of methods alone needs an output map', async () => {
    const run = runTask('output_config: { generator: ./output.ts#make }\n', {
      'output.ts': 'export class make { shout() {} }',
    })
    await expect(run).rejects.toThrow(/needs an output_map/)
  })
})

test('a generator that makes rows beside a map that makes them too is refused', async () => {
  const run = runTask('output_config: { generator: ./output.ts#make, output_map: { id: { from: id } } }\n', {
    'output.ts': 'export const make = (state) => state',
  })
  await expect(run).rejects.toThrow(/generator that makes the rows beside an output_map.*expected one of the two/)
})

describe('the schema of the rows', () => {
  test('a row that does not fit is a failed record with its reason, and is not written', async () => {
    const { records, failures, metadata, outputPath } = await runTask(`schema_config:
  fields:
    - { name: twice, type: int, is_greater_than: 2 }
    - { name: note, type: str, optional: true }
`)
    expect(records).toEqual([{ id: 'b', n: 2, twice: 4 }])
    expect(read(outputPath)).toEqual(records)
    expect(failures).toMatchObject([
      {
        recordId: 'a',
        error: {
          code: 'row_rejected',
          message: 'the output row does not fit schema_config: twice: expected more than 2',
        },
      },
    ])
    expect(metadata?.aggregate_statistics.records).toMatchObject({
      total_processed: 2,
      total_failed: 1,
      error_types: { row_rejected: 1 },
    })
  })

  test('may be a zod schema, which checks the rows and does not change them', async () => {
    const graph = new Workflow('zod').source([
      { id: 'a', n: 1 },
      { id: 'b', n: 2 },
    ])
    graph.addLambdaNode('none', () => undefined)
    const schema = z.object({ n: z.number().max(1).transform(String) })
    const { records, failures } = await graph.schema(schema).run({ outputDir: await scratchFolder() })
    expect(records).toEqual([{ id: 'a', n: 1 }])
    expect(failures).toHaveLength(1)
  })

  test.each([
    ['list[dict[str, any]]', [{ a: 1 }], ['a']],
    ['list[str]', ['a'], [1]],
    ['dict[str, list[int]]', { a: [1] }, { a: [0.5] }],
    ['Optional[str]', null, 4],
    ['str | int', 4, [4]],
    ['float', 0.5, 'half'],
  ])('the type %s is checked', async (type, good, bad) => {
    const graph = new Workflow('types').source([
      { id: 'good', value: good },
      { id: 'bad', value: bad },
    ])
    graph.addLambdaNode('none', () => undefined)
    const { records } = await graph.schema([{ name: 'value', type }]).run({ outputDir: await scratchFolder() })
    expect(records.map(({ id }) => id)).toEqual(['good'])
  })

  test.each([
    ['is_less_than', { type: 'int', is_less_than: 2 }, 1, 2],
    ['is_equal_to', { type: 'any', is_equal_to: [1] }, [1], [2]],
    ['is_one_of', { type: 'str', is_one_of: ['a', 'b'] }, 'b', 'c'],
    ['min_length', { type: 'str', min_length: 2 }, 'ab', 'a'],
    ['max_length', { type: 'list', max_length: 1 }, [1], [1, 2]],
    ['matches', { type: 'str', matches: '^a+$' }, 'aa', 'ab'],
  ])('the rule %s is checked', async (_rule, rule, good, bad) => {
    const graph = new Workflow('rules').source<{ id: string; value: unknown }>([
      { id: 'good', value: good },
      { id: 'bad', value: bad },
    ])
    graph.addLambdaNode('none', () => undefined)
    const { records } = await graph.schema([{ name: 'value', ...rule }]).run({ outputDir: await scratchFolder() })
    expect(records.map(({ id }) => id)).toEqual(['good'])
  })

  test.each([
    ['an unknown type', '{ name: n, type: integr }', /unknown type "integr"; expected str, int/],
    [
      'an unknown rule',
      '{ name: n, type: int, is_greater_then: 1 }',
      /"is_greater_then".*did you mean "is_greater_than"\?/,
    ],
  ])('refuses %s', async (_what, field, message) => {
    await expect(runTask(`schema_config:\n  fields:\n    - ${field}\n`)).rejects.toThrow(message)
  })
})

describe('processing of the whole output', () => {
  test('by functions, classes and generators, each into a file of its own', async () => {
    const { processedPaths, outputPath, records } = await runTask(
      `graph_post_process:
  - ./whole.ts#reversed
  - { processor: './whole.ts#Sum', params: { by: twice } }
  - ./whole.ts#evenOnes
`,
      {
        'whole.ts': `
          export const reversed = (rows, { params }) => [...rows].reverse().map((row) => ({ ...row, ...params }))
          export class Sum {
            constructor({ by }) { this.by = by }
            async process(rows, { outputFile, params }) {
              return { sum: rows.reduce((sum, row) => sum + row[this.by], 0), params, isPath: outputFile.endsWith('.json') }
            }
          }
          export async function* evenOnes(rows) {
            for await (const row of rows) if (row.n % 2 === 0) yield row
          }
        `,
      },
    )
    const names = ['reversed', 'Sum', 'evenOnes']
    expect(processedPaths.map((path) => basename(path))).toEqual(
      names.map((name) => basename(outputPath).replace('my_output', `my_${name}`)),
    )
    expect(processedPaths.every((path) => dirname(path) === dirname(outputPath))).toBe(true)
    const [reversed, sum, even] = processedPaths.map(read)
    expect(reversed).toEqual([...records].reverse())
    expect(sum).toEqual({ sum: 6, params: { by: 'twice' }, isPath: true })
    expect(even).toEqual([records[1]])
  })

  test('of what the processor before it made, where its parameters ask for that', async () => {
    const { processedPaths } = await runTask(
      `graph_post_process:
  - ./whole.ts#First
  - { processor: './whole.ts#Count', params: { use_previous_output: true } }
  - ./whole.ts#all
`,
      {
        'whole.ts': `
          export class First { static process(rows) { return rows.slice(0, 1) } }
          export class Count { process(rows) { return { rows: rows.length } } }
          export const all = (rows) => ({ rows: rows.length })
        `,
      },
    )
    expect(processedPaths.slice(1).map(read)).toEqual([{ rows: 1 }, { rows: 2 }])
  })

  test('is typed, and gets a map for a report', async () => {
    const graph = new Workflow('typed').source([{ id: 'a', n: 1 }]).lambda(({ n }) => ({ half: n / 2 }))
    graph.graphPostProcess((rows) => ({ total: rows.reduce((sum, { half }) => sum + half, 0) }))
    graph.graphPostProcess(async function* all(rows: AsyncIterable<{ n: number }>) {
      for await (const { n } of rows) yield { n }
    })
    const { processedPaths } = await graph.run({ outputDir: await scratchFolder() })
    expect(processedPaths.map(read)).toEqual([{ total: 0.5 }, [{ n: 1 }]])
  })

  test('that fails fails the run, whose rows are there all the same', async () => {
    const outputDir = await scratchFolder()
    const graph = new Workflow('broken').source([{ id: 'a' }]).lambda(() => undefined)
    graph.graphPostProcess(() => {
      throw new RangeError('no')
    })
    await expect(graph.run({ outputDir, outputWithTs: false })).rejects.toThrow(RangeError)
    expect(read(join(outputDir, 'output.json'))).toEqual([{ id: 'a' }])
  })

  test.each([
    ['one that is not exported', './whole.ts#revrsed', /does not export "revrsed"; did you mean "reversed"/],
    ['what cannot process', './whole.ts#limit', /limit is no function and no class with "process"/],
  ])('refuses %s before the first record', async (_what, reference, message) => {
    const files = { 'whole.ts': 'export const reversed = (rows) => rows\nexport const limit = 4\n' }
    await expect(runTask(`graph_post_process: ['${reference}']\n`, files)).rejects.toThrow(message)
  })
})
