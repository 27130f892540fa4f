import { afterAll, beforeAll, expect, test } from 'vitest'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { runProgram } from '../helpers/run-program.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
})
afterAll(() => server.close())

test.each([
  ['what a plain program sends within its named places is recorded there, once', false, 4],
  ['in a watched program all is recorded, once', true, 5],
])('%s', async (_, isRegistered, total) => {
  const directory = await scratchFolder()
  const environment = { MODEL_URL: server.url }
  const ended = await runProgram({ name: 'own-code.mjs', directory, environment, isRegistered })
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' })
  const account = ended.files.find(({ nodes }) => 'tracked' in nodes)
  expect(account?.aggregate_statistics.requests).toMatchObject({ total_requests: total, total_failures: 0 })
  expect(account?.aggregate_statistics.tokens.total_tokens).toBe(total * 136)
  expect(account?.aggregate_statistics.records?.total_processed).toBe(1)
  expect(account?.agents?.planner?.token_statistics?.total_tokens).toBe(136)
  expect(account?.not_understood?.total).toBe(1)
  for (const node of ['by fetch', 'by http', 'tracked'])
    expect(account?.nodes[node]?.token_statistics?.total_tokens, node).toBe(136)
})
