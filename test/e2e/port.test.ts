import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { runCli, runCliInShared } from '../helpers/run-cli.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

const yaml = `# What it does
data_config:
  source:
    type: disk
    file_path: tasks/demo/data.json   # beside this file
    transformations:
      - transform: sygra.processors.data_transform.AddNewFieldTransform
        params: { mapping: { mood: calm } }
      - transform: tasks.demo.task_executor.Tidy
graph_config:
  nodes:
    ask:
      node_type: llm
      model: { name: gpt-4o-mini, temperature: 0.2, provider: openai }
      pre_process: tasks.demo.task_executor.Before
      tools:
        - tasks.demo.tools
        - tasks.demo.tool_class.Box
      output_keys: answer   # the text
      prompt:
        - user: |
            About {question}, {mood}.
    measure:
      node_type: lambda
      lambda: tasks.shared.Measure
  edges:
    - { from: START, to: ask }
    - { from: ask, to: measure }
    - { from: measure, condition: tasks.demo.task_executor.IsDone, path_map: { yes: END, no: ask } }
output_config:
  generator: tasks.demo.task_executor.Generator
  output_map:
    answer: { from: answer, transform: shout }
graph_post_process:
  - processor: sygra.core.graph.graph_postprocessor.SemanticDedupPostProcessor
    params: { field: answer }
`

const python = {
  'tasks/demo/graph_config.yaml': yaml,
  'tasks/demo/data.json': '[{"id": 1, "question": "rain"}]',
  'tasks/demo/task_executor.py': 'class Before:\n    def apply(self, state):\n        return state\n',
  'tasks/demo/tools.py': '@tool\ndef add(a: float, b: int = 1):\n    """Adds."""\n    return a + b\n',
  'tasks/demo/tool_class.py':
    'class Box:\n    @tool\n    def open(name: str):\n        """Opens."""\n        return name\n\n    def other(self):\n        pass\n',
  'tasks/shared.py': 'class Measure:\n    pass\n',
}

async function pythonRepository(): Promise<string> {
  const root = await scratchFolder()
  for (const [name, text] of Object.entries(python)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

test('a Python task becomes one that validates, and runs once the bodies of its functions are there', async () => {
  const from = join(await pythonRepository(), 'tasks', 'demo')
  const directory = await scratchFolder()
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
  symlinkSync(resolve('node_modules'), join(directory, 'node_modules'))
  const { code, stdout } = await runCliInShared(['port', from], { directory })
  expect(code).toBe(0)
  expect(stdout).toContain('tasks/demo/task_executor.ts#Before')
  expect(stdout).toMatch(/stand-in of your own is needed:\n {2}tasks\/demo\/graph_postprocessor\.ts#Semantic/)
  expect(stdout).toContain('node "ask": temperature of its model stands under parameters')
  const written = (name: string) => readFileSync(join(directory, name), 'utf8')
  const config = written('tasks/demo/graph_config.yaml')
  for (const line of [
    '# What it does',
    'file_path: data.json # beside this file',
    'transform: sygra.processors.data_transform.AddNewFieldTransform',
    'transform: ./task_executor.ts#Tidy',
    '- ./tools.ts\n',
    '- ./tool_class.ts#Box',
    'output_keys: answer # the text',
    'lambda: ../shared.ts#Measure',
    'condition: ./task_executor.ts#IsDone',
  ]) {
    expect(config).toContain(line)
  }
  expect(written('tasks/demo/tools.ts')).toContain('parameters: z.object({ a: z.number(), b: z.int().default(1) })')
  expect(written('tasks/demo/task_executor.ts')).toContain(
    ' * pre_process of node "ask". Gets a copy of the state; gives it back as the prompt is to see it.\n * Python: tasks/demo/task_executor.py:1\n',
  )
  const named = ['--task', 'demo', '--simulate']
  const checked = await runCliInShared(['validate', ...named], { directory })
  expect(checked.stdout).toBe('tasks.demo is fine: 2 nodes, 3 edges, disk data.json\n')
  const stubbed = await runCliInShared(['run', ...named], { directory })
  expect(stubbed.stdout + stubbed.stderr).toContain('Tidy is still to be ported')

  const bodies = {
    'tasks/demo/task_executor.ts': `
      export class Tidy { transform(row) { return { ...row, question: row.question.toUpperCase() } } }
      export class Before { apply(state) { return state } }
      export class IsDone { static apply() { return 'yes' } }
      export class Generator { static shout(answer, state) { return [state.question, answer.length > 0, state.size] } }
    `,
    'tasks/shared.ts': 'export class Measure { apply(state) { return { size: 3 } } }',
    'tasks/demo/graph_postprocessor.ts':
      'export class SemanticDedupPostProcessor { constructor({ field }) { this.field = field } process(rows) { return { n: rows.length } } }',
  }
  for (const [name, text] of Object.entries(bodies)) writeFileSync(join(directory, name), text)
  // What functions were before, a process of its own does not know.
  const run = await runCli(['run', ...named, '--output_with_ts', 'False'], { directory })
  expect(run.code, run.stderr).toBe(0)
  expect(JSON.parse(written('tasks/demo/output.json'))).toEqual([{ answer: ['RAIN', true, 3] }])
  expect(JSON.parse(written('tasks/demo/SemanticDedupPostProcessor.json'))).toEqual({ n: 1 })
})

test('a task that is there already is left as it is, and so is a file of functions', async () => {
  const from = join(await pythonRepository(), 'tasks', 'demo')
  const directory = await scratchFolder()
  mkdirSync(join(directory, 'tasks'))
  writeFileSync(join(directory, 'tasks', 'shared.ts'), '// mine\n')
  const first = await runCliInShared(['port', from], { directory })
  expect(first.stdout).toContain('There already, left as it is:\n  tasks/shared.ts\n')
  expect(readFileSync(join(directory, 'tasks', 'shared.ts'), 'utf8')).toBe('// mine\n')
  const second = await runCliInShared(['port', from], { directory })
  expect(second.code).toBe(1)
  expect(second.stderr).toMatch(/graph_config\.yaml is there already; name another folder with --to/)
})

test('a folder without a task is refused', async () => {
  const directory = await scratchFolder()
  const { code, stderr } = await runCliInShared(['port', '.'], { directory })
  expect(code).toBe(1)
  expect(stderr).toContain('there is no graph_config.yaml in it or below')
})
