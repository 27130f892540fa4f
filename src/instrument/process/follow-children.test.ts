import { resolve } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../../../test/helpers/fault-server.ts'
import { runCli } from '../../../test/helpers/run-cli.ts'
import { metadataIn } from '../../../test/helpers/run-program.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'

let server: FaultServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const program = resolve('test/fixtures/programs/ask-with-own-environment.mjs')

async function run(way: string) {
  server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
  const directory = await scratchFolder()
  const { stdout, stderr } = await runCli(['exec', '--output-dir', directory, '--', process.execPath, program], {
    directory,
    environment: { MODEL_URL: server.url, PROGRAM_WAY: way },
  })
  return { stdout, stderr, requests: server.requests.length, files: metadataIn(directory) }
}

describe('what a program starts with an environment of its own is seen by exec', () => {
  test.each([
    'spawn',
    'spawn with options',
    'shell',
    'sync',
    'sync with the environment of this process',
    'worker',
    'worker without arguments',
    'worker of a text',
    'worker that is terminated',
  ])('%s', async (way) => {
    const { stdout, stderr, requests, files } = await run(way)
    expect(requests).toBe(1)
    expect(stdout).toContain('Hello')
    // It is in the list of exec, and below the directory that exec was given.
    expect(stderr).toMatch(/requests +1,/)
    expect(files.map(({ aggregate_statistics: all }) => all.requests.total_requests)).toEqual([1])
    // Nothing but NODE_OPTIONS was added to the environment that was given.
    if (way === 'worker of a text') expect(stdout).toMatch(/^0$/m)
  })
})

test('a process that is not Node is told of', async () => {
  const { files, stderr } = await run('python')
  expect(files[0]?.not_understood?.endpoints).toEqual([
    { kind: 'process', host: 'python', path: '', provider: null, count: 1 },
  ])
  expect(stderr).toMatch(/^not counted .*python$/m)
})
