import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { idsOf, metadataOf, projectWithTask, runFiles, startInShared } from '../helpers/fault-project.ts'
import { runCliInShared } from '../helpers/run-cli.ts'
import { ends, openProject, testTransport } from './contract.ts'

const processes = {
  comeTogether: true,
  open: async () => (workers: number) => ['--workers', String(workers)],
}

const project = (records: number) => openProject(processes, records)

/** Runs a program of a user's own. */
function runNode(program: string, cwd: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [program], { cwd }, (_, stdout, stderr) => done({ stdout, stderr }))
  })
}

testTransport(processes, (whole) => {
  test('it is shown, explained, priced anew and recovered as one', async () => {
    const { directory, output } = whole()
    const before = metadataOf(output)
    const sygra = (...args: readonly string[]) => runCliInShared(args, { directory })
    const { ledger = '', metadata = '' } = runFiles(output)
    expect((await sygra('show', metadata)).stdout).toMatch(/Workers\nworker .*simulated cost.*\n─+\nw1 .*\nw2 /)
    const explained = await sygra('explain', metadata, 'execution.workers.w2.total_requests')
    expect(explained.stdout).toContain('requests of worker w2')
    const { requests, cost } = before.aggregate_statistics
    expect((await sygra('explain', metadata, 'total_requests')).stdout).toContain(String(requests.total_requests))
    const repriced = JSON.parse((await sygra('reprice', metadata, '--json')).stdout)
    // The file rounds to 6 places.
    expect(Number(repriced.rows.at(-1).after.usd.toFixed(6))).toBe(cost.total_cost_usd)
    rmSync(metadata)
    expect((await sygra('recover', ledger)).code).toBe(0)
    const { generated_at: _, ...recovered } = metadataOf(output)
    const { generated_at: __, ...original } = before
    expect(recovered).toEqual(original)
    expect((await sygra('recover')).stdout).toContain('No dead runs')
  })

  test('what workers print comes out with their names', () => {
    expect(whole().printed).toMatch(/^\[w\d\] at r0$/m)
  })
})

test('a task that a worker cannot load ends the run before the first record, and says why', async () => {
  const { directory, output, provider, run } = await project(5)
  // Good in the coordinator, and gone in every other process.
  writeFileSync(
    join(directory, 'tasks/echo/task.mjs'),
    "if (process.send !== undefined) throw new Error('not in a child')\nexport const after = () => ({ length: 1 })\n",
  )
  const started = run(1)
  await ends(started, 1)
  await provider.stop()
  expect(started.stderr()).toMatch(/worker w\d cannot begin: .*not in a child/s)
  expect(provider.served()).toEqual([])
  expect(metadataOf(output).status).toBe('failed')
})

test('what workers cannot do, keep answers and hand in batches, is refused before anything is spent, whoever wants it', async () => {
  const { directory, output, provider, command } = await project(5)
  const task = join(directory, 'tasks/echo/graph_config.yaml')
  const yaml = readFileSync(task, 'utf8')
  const refused = async (sentence: RegExp, ...args: readonly string[]) => {
    const { code, stderr } = await runCliInShared(command(2, ...args), { directory })
    expect([code, stderr]).toEqual([1, expect.stringMatching(sentence)])
  }
  await refused(/do not share answers that are kept \(--cache, or .*leave one of them out/, '--cache')
  await refused(/batches \(--batch-api, or .*leave one of them out/, '--batch-api')
  writeFileSync(task, `cache: true\n${yaml}`)
  await refused(/do not share answers that are kept/)
  writeFileSync(task, yaml.replace('      output_keys: answer', '      batch: true\n$&'))
  await refused(/batches \(--batch-api, or `batch: true` of a node\)/)
  await provider.stop()
  expect(provider.served()).toEqual([])
  expect(runFiles(output)).toEqual({})
})

test('a record that ends every worker that has it fails after three of them, and takes no other with it', async () => {
  const directory = projectWithTask({
    records: 12,
    lambda: "(state) => { if (state.id === 'r3') process.kill(process.pid, 'SIGKILL'); return { length: 1 } }",
    isLambdaOnly: true,
  })
  const output = join(directory, 'out')
  const args = ['run', '-t', 'echo', '-n', 'all', '-od', output, '--quiet', '--workers', '1']
  const started = startInShared(directory, args)
  await ends(started)
  const { aggregate_statistics: totals, execution } = metadataOf(output)
  expect(totals.records).toMatchObject({ total_processed: 12, total_failed: 1, error_types: { worker_lost: 1 } })
  const others = Array.from({ length: 12 }, (_, index) => `r${index}`).filter((id) => id !== 'r3')
  expect(idsOf(output).sort()).toEqual(others.sort())
  const killed = Object.values(execution.workers ?? {}).filter(({ reason }) => reason?.includes('SIGKILL'))
  expect(killed).toHaveLength(3)
  expect(started.stderr()).toMatch(/WARNING: worker w\d is lost \(killed by SIGKILL\)/)
})

test('run({ workers }) gives the rows, and refuses a function of the program itself before anything is spent', async () => {
  const directory = projectWithTask({ records: 6, isLambdaOnly: true })
  const program = join(directory, 'program.mjs')
  writeFileSync(
    program,
    `import { Workflow } from ${JSON.stringify(resolve('dist/index.js'))}
const named = new Workflow('named')
named.source([{ id: 'a' }, { id: 'b' }])
named.addLambdaNode('after', '${directory}/tasks/echo/task.mjs#after')
const { records, metadata } = await named.run({ workers: 1, outputDir: 'named' })
console.log(JSON.stringify({ ids: records.map(({ id }) => id).sort(), workers: Object.keys(metadata.execution.workers) }))
const own = new Workflow('own')
own.source([{ id: 'a' }])
own.addLambdaNode('after', () => ({ length: 1 }))
await own.run({ workers: 2, outputDir: 'own' }).catch((error) => console.log(error.code, error.message))
await named.run({ workers: 2, ledger: false }).catch((error) => console.log(error.code, error.message))
`,
  )
  const result = await runNode(program, directory)
  expect(result.stderr).toBe('')
  const [first = '', second, third] = result.stdout.trim().split('\n')
  expect(JSON.parse(first)).toEqual({ ids: ['a', 'b'], workers: ['w1'] })
  expect(second).toMatch(/^bad_argument workers: graph_config\.nodes\.after\.lambda is a function of this program/)
  expect(third).toMatch(/^bad_argument what workers do is put together from their ledgers/)
  expect(readdirSync(directory)).not.toContain('own')
})
