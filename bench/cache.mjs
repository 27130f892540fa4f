// What an answer costs that was kept, and how many questions a second are digested. Usage: npm run bench cache
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AnswerCache } from '../dist/workflow/cache/answer-cache.js'
import { AnswerFolder } from '../dist/workflow/cache/answer-folder.js'
import { AnswerKeys } from '../dist/workflow/cache/answer-key.js'
import { createModelClient } from '../dist/workflow/models/model-client.js'
import { resolveModel } from '../dist/workflow/models/resolve-model.js'

const answers = 5_000
const keys = 100_000
const directory = mkdtempSync(join(tmpdir(), 'sygra-bench-'))
const environment = { OPENAI_API_KEY: 'none' }
const client = createModelClient(resolveModel({ name: 'gpt-4o-mini' }, { models: {}, environment }))
const words = 'A prompt of some two thousand characters, as instructions with an example have. '.repeat(25)

function callAt(index) {
  return { client, prompt: [{ role: 'user', content: [{ type: 'text', text: `${index} ${words}` }] }] }
}

const result = {
  content: [{ type: 'text', text: 'An answer of some hundred words. '.repeat(20) }],
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: { inputTokens: { total: 500 }, outputTokens: { total: 120 } },
  warnings: [],
}

/** Milliseconds and CPU for each of so many. */
async function measured(count, step) {
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  for (let index = 0; index < count; index += 1) await step(index)
  const milliseconds = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    perSecond: (count / milliseconds) * 1000,
    microseconds: (milliseconds * 1000) / count,
    cpu: (user + system) / count,
  }
}

const ask = async () => result
const throughAt = (cache) => (index) => cache.through(callAt(index), { callId: `c${index}`, attempts: 0 }, ask)
const folder = new AnswerFolder(directory)
folder.open()
const written = await measured(answers, throughAt(new AnswerCache({ folder, simulation: undefined })))
const hits = await measured(answers, throughAt(new AnswerCache({ folder, simulation: undefined })))
const made = new AnswerKeys(undefined)
const digests = await measured(keys, (index) => made.of(callAt(index)))
rmSync(directory, { recursive: true })

const line = (name, { perSecond, microseconds, cpu }, goal) =>
  console.log(
    `${name.padEnd(8)} ${microseconds.toFixed(1)} µs, ${cpu.toFixed(1)} µs of CPU each, ${Math.round(perSecond).toLocaleString('en')} a second${goal}`,
  )
line('a hit', hits, ' (goal: under 100 µs of CPU, under 1 ms)')
line('kept', written, ', with its lock and its file')
line('a key', digests, `, prompts of ${words.length.toLocaleString('en')} characters`)
