import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

const program = `
  import { Workflow } from ${JSON.stringify(pathToFileURL('dist/index.js').href)}
  const [url, cache] = process.argv.slice(-2)
  const graph = new Workflow('shared').source(Array.from({ length: 12 }, (_, id) => ({ id, text: 'text ' + (id % 6) })))
  graph.addLLMNode('it', 'gpt-4o-mini').userMessage('About {text}?').outputKeys('out')
  const { records } = await graph.run({ simulate: url, cache, output: false })
  process.stdout.write(JSON.stringify(records.map(({ out }) => out)))
`

async function outputOf(url: string, cache: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, url, cache], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += String(chunk)
  })
  await once(child, 'close')
  return text
}

test('of ten processes that share a folder and ask the same, one makes each request', async () => {
  const cache = await scratchFolder()
  let answers = 0
  const simulator = await startSimulator({ timeScale: 0, answers: () => `answer ${++answers}` })
  try {
    const outputs = await Promise.all(Array.from({ length: 10 }, () => outputOf(simulator.url, cache)))
    // Six prompts, two samples of each.
    expect(answers).toBe(12)
    expect(simulator.log).toHaveLength(12)
    const sets = outputs.map((text) => JSON.stringify([...JSON.parse(text)].sort()))
    expect(new Set(sets).size).toBe(1)
    expect(new Set(JSON.parse(outputs[0] ?? '[]')).size).toBe(12)
  } finally {
    await simulator.close()
  }
})
