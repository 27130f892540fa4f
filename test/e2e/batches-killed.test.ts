import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { idsOf, metadataOf, projectWithTask, runFiles, start, startProvider, until } from '../helpers/fault-project.ts'
import { isLong } from '../helpers/is-long.ts'

const records = 20

const config = `data_config:
  id_column: id
  source: { type: disk, file_path: data.jsonl, file_format: jsonl }
graph_config:
  nodes:
    ask:
      node_type: llm
      prompt: [{ user: "Say something about {text}." }]
      output_keys: answer
      model: { name: gpt-4o-mini, parameters: { max_tokens: 60 } }
    more:
      node_type: llm
      prompt: [{ user: "And of {answer}?" }]
      output_keys: more
      model: { name: gpt-4o-mini, parameters: { max_tokens: 60 } }
output_config:
  output_map: { id: { from: id }, more: { from: more } }
`

test(`a run with batches that is killed at ${isLong ? 30 : 4} moments hands each wave in once, and pays nothing twice`, {
  timeout: 900_000,
}, async () => {
  const directory = projectWithTask({ records })
  writeFileSync(join(directory, 'tasks/echo/graph_config.yaml'), config)
  const output = join(directory, 'out')
  const provider = await startProvider({ timeScale: 0.02, batchSeconds: 40 })
  const run = () =>
    start(directory, [
      ...['run', '-t', 'echo', '-n', 'all', '-od', output, '--quiet', '--batch-api', '--resume', 'True'],
      ...['--simulate', provider.url],
    ])
  const linesWith = (text: string) => {
    const { ledger } = runFiles(output)
    if (ledger === undefined) return 0
    return readFileSync(ledger, 'utf8')
      .split('\n')
      .filter((line) => line.includes(text)).length
  }
  const filesLike = (pattern: RegExp) => {
    const { ledger = '' } = runFiles(output)
    const folder = ledger.replace(/\.jsonl$/, '_batches')
    return existsSync(folder) ? readdirSync(folder).filter((name) => pattern.test(name)).length : 0
  }
  /** Every step between the first call and the last line read, of both waves; by default one of each kind. */
  const moments: readonly { readonly isSo: () => boolean; readonly isRare?: true }[] = [
    { isSo: () => linesWith('"state":"submitting"') > 0 },
    { isSo: () => linesWith('"state":"waiting"') > 0 },
    { isSo: () => filesLike(/results/) > 0, isRare: true },
    { isSo: () => linesWith('"type":"request-end"') > 3 },
    { isSo: () => linesWith('"type":"request-end"') > 12, isRare: true },
    { isSo: () => filesLike(/requests/) > 1, isRare: true },
    { isSo: () => linesWith('"lines":20') > 3 && linesWith('"state":"waiting"') > 1 },
    { isSo: () => filesLike(/results\.jsonl$/) > 1, isRare: true },
  ]
  const all = isLong
    ? moments.flatMap(({ isSo }) => [0, 4, 15, 40].map((delayMs) => ({ isSo, delayMs }))).slice(0, 30)
    : moments.filter(({ isRare }) => !isRare).map(({ isSo }) => ({ isSo, delayMs: 0 }))
  let killed = 0
  for (const { isSo, delayMs } of all) {
    const started = run()
    if (!(await until(isSo, started))) break
    await sleep(delayMs)
    started.child.kill('SIGKILL')
    await started.ended
    killed += 1
  }
  const last = run()
  const code = await last.ended
  const listed: { data: { request_counts: { total: number } }[] } = JSON.parse(
    await (await fetch(`${provider.url}/batches`)).text(),
  )
  await provider.stop()
  expect([code, last.stderr()]).toEqual([0, expect.any(String)])
  expect(killed).toBeGreaterThanOrEqual(isLong ? 20 : 3)
  expect(listed.data.map(({ request_counts }) => request_counts.total)).toEqual([records, records])
  expect(idsOf(output).length).toBe(records)
  expect(new Set(idsOf(output)).size).toBe(records)
  const served = provider.served()
  expect(served).toHaveLength(2 * records)
  const { aggregate_statistics: totals } = metadataOf(output)
  expect(totals.requests.total_requests).toBe(2 * records)
  expect(totals.tokens.total_tokens).toBe(
    served.reduce((sum, { promptTokens, completionTokens }) => sum + promptTokens + completionTokens, 0),
  )
  // What it left to go on with is gone with its end.
  expect(filesLike(/./)).toBe(0)
})
