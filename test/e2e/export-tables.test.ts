import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { parseMetadata } from '../../src/metadata/parse.ts'
import type { Metadata } from '../../src/metadata/schema.ts'
import { type CliResult, projectWithExample, runCli, runCliInShared } from '../helpers/run-cli.ts'
import { writeSampleRun } from '../helpers/studio-runs.ts'

const tables = ['requests', 'calls', 'nodes', 'records', 'runs']

/** A project with a rehearsal of a task with a subgraph and faults, and made-up runs that cost money. */
const project = { directory: '', rehearsal: '', withWorkers: '' }

beforeAll(async () => {
  const directory = projectWithExample('instruction_pairs')
  cpSync('tasks/examples/evol_instruct', join(directory, 'tasks/examples/evol_instruct'), { recursive: true })
  Object.assign(project, { directory })
  const rehearsal = [
    ...['run', '--task', 'examples.instruction_pairs', '-n', '4', '--simulate', '--simulate-seed', '7'],
    ...['--simulate-faults', '0.3', '--simulate-speed', '100', '--quiet'],
  ]
  const metadataOf = ({ stdout }: CliResult) => /Metadata: (\S+)/.exec(stdout)?.[1] ?? ''
  project.rehearsal = metadataOf(await sygra(...rehearsal, '--output-dir', 'output'))
  project.withWorkers = metadataOf(await sygra(...rehearsal, '--output-dir', 'by-workers', '--workers', '2'))
  const made = { startedAtMs: Date.UTC(2026, 10, 20), records: 30, retryEvery: 3, failEvery: 10 }
  await writeSampleRun(directory, 'metadata/metadata_priced_2026-11-20_01-00-00.json', { ...made, runId: 'run-priced' })
  const unpricedModels = ['gpt-4o']
  await writeSampleRun(directory, 'metadata/metadata_partial_2026-11-21_01-00-00.json', {
    ...made,
    runId: 'run-partial',
    models: ['gpt-4o-mini', 'gpt-4o'],
    unpricedModels,
  })
  for (const table of tables) {
    expect((await sygra('export', 'parquet', '--all', '--table', table, '-o', `${table}.parquet`)).code).toBe(0)
  }
}, 120_000)

function sygra(...args: string[]): Promise<CliResult> {
  const place = { directory: project.directory }
  // Its workers are processes of the command line's own.
  return args.includes('--workers') ? runCli(args, place) : runCliInShared(args, place)
}

/** Asks DuckDB, in the folder of the project; amounts and big integers come as text. */
async function query(sql: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  try {
    await connection.run(`set file_search_path = '${project.directory}'`)
    await connection.run("set timezone = 'UTC'")
    return (await connection.runAndReadAll(sql)).getRowObjectsJson()
  } finally {
    connection.closeSync()
  }
}

/** A metadata file of the project; without a path that of the rehearsal. */
function fileAt(path: string = project.rehearsal): Metadata {
  return parseMetadata(readFileSync(join(project.directory, path), 'utf8'), path)
}

test.each([
  ['a priced run', () => 'metadata/metadata_priced_2026-11-20_01-00-00.json'],
  ['a run that is priced in part', () => 'metadata/metadata_partial_2026-11-21_01-00-00.json'],
  ['a rehearsal', () => project.rehearsal],
  ['a rehearsal by two workers', () => project.withWorkers],
])('what DuckDB adds up over %s is what the metadata file says', async (_, pathOf) => {
  const { run_id, aggregate_statistics: file, nodes } = fileAt(pathOf())
  expect(file.requests.total_requests).toBeGreaterThan(0)
  const sums = `count(*)::int as requests, sum(attempt > 0)::int as retries, sum(total_tokens)::int as tokens,
      round(sum(coalesce(cost_usd, simulated_cost_usd)), 6)::double as usd,
      count(*) filter (where cost_status = 'unpriced' or rehearsed_cost_status = 'unpriced')::int as unpriced`
  const [row] = await query(
    `select ${sums} from 'requests.parquet' where run_id = '${run_id}' and outcome <> 'unknown'`,
  )
  expect(row).toEqual({
    requests: file.requests.total_requests,
    retries: file.requests.total_retries,
    tokens: file.tokens.total_tokens,
    usd: file.cost.total_cost_usd,
    unpriced: file.cost.unpriced_requests,
  })
  const calls = await query(`select count(*) filter (where has_first_try)::int as total,
      count(*) filter (where outcome = 'failed')::int as failed, sum(requests)::int as requests,
      round(sum(coalesce(cost_usd, simulated_cost_usd)), 6)::double as usd
      from 'calls.parquet' where run_id = '${run_id}'`)
  const { total, failed } = file.calls ?? {}
  expect(calls).toEqual([{ total, failed, requests: file.requests.total_requests, usd: file.cost.total_cost_usd }])
  const byNode = await query(`select node, count(*)::int as requests, sum(total_tokens)::int as tokens
      from 'requests.parquet' where run_id = '${run_id}' and node is not null and outcome <> 'unknown' group by node order by node`)
  const expected = Object.values(nodes)
    .filter(({ requests }) => requests !== undefined)
    .map(({ node_name, requests, token_statistics }) => ({
      node: node_name,
      requests: requests?.total_requests,
      tokens: token_statistics?.total_tokens,
    }))
  expect(byNode).toEqual(expected.sort((a, b) => (a.node < b.node ? -1 : 1)))
  for (const { node_name, inner_nodes } of Object.values(nodes)) {
    if (inner_nodes === undefined) continue
    const [inner] = await query(`select count(*)::int as requests, sum(total_tokens)::int as tokens
        from 'requests.parquet' where run_id = '${run_id}' and node like '${node_name}.%'`)
    expect(inner).toEqual({ requests: inner_nodes.total_requests, tokens: inner_nodes.total_tokens })
  }
  const executions = await query(`select node, count(*)::int as executions from 'nodes.parquet'
      where run_id = '${run_id}' group by node order by node`)
  expect(executions).toEqual(
    Object.values(nodes)
      .map(({ node_name, total_executions }) => ({ node: node_name, executions: total_executions }))
      .sort((a, b) => (a.node < b.node ? -1 : 1)),
  )
  const [records] = await query(`select count(*) filter (where is_last)::int as total,
      count(*) filter (where is_last and outcome = 'failed')::int as failed from 'records.parquet' where run_id = '${run_id}'`)
  expect(records).toEqual({ total: file.records.total_processed, failed: file.records.total_failed })
  const [run] = await query(`select requests::int as requests, total_tokens::int as tokens, cost_status,
      coalesce(cost_usd, simulated_cost_usd)::double as usd from 'runs.parquet' where run_id = '${run_id}'`)
  expect(run).toEqual({
    requests: file.requests.total_requests,
    tokens: file.tokens.total_tokens,
    cost_status: file.cost.status,
    usd: file.cost.total_cost_usd,
  })
})

test('the rehearsal had retries and a subgraph, so the sums above are over both', () => {
  const { nodes, aggregate_statistics } = fileAt()
  expect(aggregate_statistics.requests.total_retries).toBeGreaterThan(0)
  expect(Object.values(nodes).filter(({ inner_nodes }) => inner_nodes !== undefined).length).toBe(1)
})

const page = readFileSync('docs/exports.md', 'utf8')
const recipes = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = '']) => sql)

test('the page has recipes', () => expect(recipes.length).toBeGreaterThan(5))

test.each(recipes)('DuckDB runs the recipe %s', async (sql) => {
  const rows = await query(sql)
  expect(rows.length).toBeGreaterThan(0)
})

test('the recipe of models adds up what is known and counts what is not', async () => {
  const rows = await query(recipes[0] ?? '')
  const partial = fileAt('metadata/metadata_partial_2026-11-21_01-00-00.json')
  const dear = rows.find(({ model }) => model === 'gpt-4o')
  expect(dear?.cost_usd).toBeNull()
  expect(Number(dear?.requests_in_doubt)).toBeGreaterThanOrEqual(
    partial.aggregate_statistics.cost.unpriced_requests ?? 0,
  )
})

test('money is DECIMAL in parquet, and a time is in UTC', async () => {
  const types = await query(`select column_name as name, column_type as type
    from (describe select cost_usd, simulated_cost_usd, calculated_cost_usd, started_at from 'requests.parquet')`)
  expect(types.map(({ type }) => type)).toEqual([
    'DECIMAL(18,12)',
    'DECIMAL(18,12)',
    'DECIMAL(18,12)',
    'TIMESTAMP WITH TIME ZONE',
  ])
  const [row] = await query(`select started_at::varchar as at from 'runs.parquet' where run_id = 'run-priced'`)
  expect(row).toEqual({ at: '2026-11-20 00:00:00+00' })
})

test('CSV, JSON lines and parquet say the same', async () => {
  const csv = await sygra('export', 'csv', 'run-priced')
  const jsonl = await sygra('export', 'jsonl', 'run-priced')
  writeFileSync(join(project.directory, 'requests.csv'), csv.stdout)
  writeFileSync(join(project.directory, 'requests.jsonl'), jsonl.stdout)
  const chosen = `select call_id, attempt::int as attempt, outcome, started_at::timestamptz as started_at, total_tokens::int as tokens,
    cost_usd::decimal(18,12) as cost_usd, cost_status, record_id`
  const [fromCsv, fromJson, fromParquet] = await Promise.all([
    query(`${chosen} from read_csv('requests.csv', all_varchar = true) order by call_id, attempt`),
    query(`${chosen} from read_json('requests.jsonl') order by call_id, attempt`),
    query(`${chosen} from 'requests.parquet' where run_id = 'run-priced' order by call_id, attempt`),
  ])
  expect(fromCsv).toEqual(fromParquet)
  expect(fromJson).toEqual(fromParquet)
  expect(fromParquet?.length).toBeGreaterThan(60)
  for (const line of jsonl.stdout.trim().split('\n')) {
    expect(typeof JSON.parse(line).cost_usd).not.toBe('number')
  }
})

test('what cannot be done is said before anything is written', async () => {
  await writeSampleRun(project.directory, 'other/metadata/metadata_bare_2026-11-22_01-00-00.json', { hasLedger: false })
  const bare = await sygra('export', 'csv', 'other')
  expect(bare).toMatchObject({ code: 1, stdout: '' })
  expect(bare.stderr).toContain('no ledger was kept, so only --table runs can be written')
  expect((await sygra('export', 'csv', 'other', '--table', 'runs')).code).toBe(0)
  const own = await sygra('export', 'csv', 'run-priced', '-o', 'metadata/ledger_priced_2026-11-20_01-00-00.jsonl')
  expect(own.stderr).toContain('is a file of the run itself')
  expect((await sygra('export', 'parquet')).stderr).toContain('parquet is no text')
  expect((await sygra('export', 'csv', '--all', 'run-priced')).code).toBe(1)
  expect((await sygra('export', 'xml')).code).toBe(2)
})
