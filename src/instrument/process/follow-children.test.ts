import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../../../test/helpers/fault-server.ts'
import { isLong } from '../../../test/helpers/is-long.ts'
import { runCli } from '../../../test/helpers/run-cli.ts'
import { metadataIn } from '../../../test/helpers/run-program.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
})
afterAll(() => server.close())

const program = resolve('test/fixtures/programs/ask-with-own-environment.mjs')

async function run(ways: readonly string[]) {
  server.requests.splice(0)
  const directory = await scratchFolder()
  const { stdout, stderr } = await runCli(['exec', '--output-dir', directory, '--', process.execPath, program], {
    directory,
    environment: { MODEL_URL: server.url, PROGRAM_CLIENT: 'http', PROGRAM_WAYS: ways.join() },
  })
  return { stdout, stderr, requests: server.requests.length, files: metadataIn(directory) }
}

const ways = [
  'spawn',
  'spawn with options',
  'shell',
  'sync',
  'sync with the environment of this process',
  'worker',
  'worker without arguments',
  'worker of a text',
  'worker that is terminated',
]

describe('what a program starts with an environment of its own is seen by exec', () => {
  // A program for each way, or one that goes all of them.
  const programs = isLong ? ways.map((way) => [way]) : [ways]
  test.each(programs.map((given) => ({ given, name: given.join(', ') })))('$name', async ({ given }) => {
    const { stdout, stderr, requests, files } = await run(given)
    expect(requests).toBe(given.length)
    expect(stdout.match(/^Hello$/gm)).toHaveLength(given.length)
    // They are in the list of exec, and below the directory that exec was given.
    expect(stderr).toMatch(new RegExp(`requests +${given.length},`))
    expect(files.map(({ aggregate_statistics: all }) => all.requests.total_requests)).toEqual([given.length])
    const models = Object.entries(files[0]?.models ?? {}).map(([name, model]) => [
      name,
      model.performance.total_requests,
    ])
    expect(Object.fromEntries(models)).toEqual(Object.fromEntries(given.map((way) => [way, 1])))
    // Nothing but NODE_OPTIONS was added to the environment that was given.
    if (given.includes('worker of a text')) expect(stdout).toMatch(/^0$/m)
  })
})

test('a process that is not Node is told of', async () => {
  const { files, stderr } = await run(['python'])
  expect(files[0]?.not_understood?.endpoints).toEqual([
    { kind: 'process', host: 'python', path: '', provider: null, count: 1 },
  ])
  expect(stderr).toMatch(/^not counted .*python$/m)
})
