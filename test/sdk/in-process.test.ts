import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Metadata } from '../../src/metadata/schema.ts'
import { recoverRun } from '../../src/workflow/run/past/recover-run.ts'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { isLong } from '../helpers/is-long.ts'
import { runCli } from '../helpers/run-cli.ts'
import { metadataIn, runProgram } from '../helpers/run-program.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

// Models in the program's own process, of which only a layer above the wire can tell.

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
})
afterAll(() => server.close())

const name = 'models-in-process.mjs'

interface Ran {
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
}

const ways: Readonly<Record<string, (ran: Ran) => Promise<readonly Metadata[]>>> = {
  'under --import sygra/register': async ({ directory, environment }) =>
    (await runProgram({ name, directory, environment })).files,
  'under sygra exec': async ({ directory, environment }) => {
    const program = resolve('test/fixtures/programs', name)
    const args = ['exec', '--quiet', '--output-dir', directory, '--', process.execPath, program]
    const { code, stderr } = await runCli(args, { directory, environment })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return metadataIn(directory)
  },
  'without them': async ({ directory, environment }) =>
    (await runProgram({ name, directory, environment: { ...environment, SAVE: '1' }, isRegistered: false })).files,
}

/** Each layer by itself, or all of them in one program. */
const programs: readonly [layers: readonly string[], wire: '0' | '1'][] = isLong
  ? [
      [['callback'], '0'],
      [['middleware'], '0'],
      [['function'], '1'],
    ]
  : [[['callback', 'middleware', 'function'], '1']]

describe.each(Object.entries(ways))('%s', (_, run) => {
  test.each(programs)('%s, with ASK_WIRE=%s', async (layers, wire) => {
    const directory = await scratchFolder()
    const environment = { MODEL_URL: server.url, MODEL_LAYERS: layers.join(), ASK_WIRE: wire }
    const files = await run({ directory, environment })
    expect(files).toHaveLength(1)
    const { requests, tokens } = files[0]?.aggregate_statistics ?? {}
    expect(requests).toMatchObject({ total_requests: 2 * layers.length + Number(wire), total_failures: 0 })
    expect(tokens?.total_tokens).toBe(2 * 15 * layers.length + 136 * Number(wire))
    for (const layer of layers) expect(files[0]?.models[layer]?.token_statistics?.total_tokens).toBe(30)
    const ledger = readdirSync(join(directory, 'metadata')).find((file) => file.startsWith('ledger_'))
    if (ledger === undefined) return
    const { metadata } = await recoverRun(join(directory, 'metadata', ledger))
    expect(metadata.aggregate_statistics.requests).toEqual(requests)
    expect(metadata.aggregate_statistics.tokens).toEqual(tokens)
  })
})
