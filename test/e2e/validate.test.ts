import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectWithExample, runCliInShared } from '../helpers/run-cli.ts'

const task = 'tasks/examples/code_assistant'
const named = ['--task', 'examples.code_assistant']

test('a task that is right is fine, with a line that says what it is', async () => {
  const directory = projectWithExample()
  const { code, stdout } = await runCliInShared(['validate', ...named, '--simulate'], { directory })
  expect(stdout).toMatch(
    /^tasks\.examples\.code_assistant is fine: 2 nodes, 3 edges, disk questions\.jsonl with \d+ records\n$/,
  )
  expect(code).toBe(0)
})

test('problems are printed a line each, and the exit code is 1', async () => {
  const directory = projectWithExample()
  const path = join(directory, task, 'graph_config.yaml')
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace('#swapRoles', '#swapRole').replace('#lastAnswer', '#lastAnswr'),
  )
  const { code, stdout } = await runCliInShared(['validate', ...named, '--simulate'], { directory })
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /graph_config\.yaml:\d+:20: .*does not export "swapRole".*\n.*does not export "lastAnswr".*\n2 problems\n$/,
  )
  const asJson = await runCliInShared(['validate', ...named, '--simulate', '--json'], { directory })
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    is_valid: false,
    problems: [expect.any(String), expect.any(String)],
  })
})

test('a graph is drawn as text, and for Mermaid', async () => {
  const directory = projectWithExample()
  const text = await runCliInShared(['graph', ...named], { directory })
  expect(text.stdout).toBe(`START
  ─▶ generate_answer
generate_answer (llm)
  ─▶ critique_answer
critique_answer (llm)
  ─[END]─▶ END
  ─[generate_answer]─▶ generate_answer
`)
  const mermaid = await runCliInShared(['graph', ...named, '--format', 'mermaid'], { directory })
  expect(mermaid.stdout).toMatch(/^flowchart TD\n/)
})
