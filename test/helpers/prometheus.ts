import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './local-server.ts'
import { scratchFile, scratchFolder } from './scratch-folder.ts'

const paths = Object.fromEntries(
  ['prometheus', 'promtool'].map((name) => {
    const folders = (process.env.PATH ?? '').split(':')
    return [name, folders.map((folder) => join(folder, name)).find((path) => existsSync(path))]
  }),
)

const isRequired = (process.env.SYGRA_TEST_REQUIRE ?? '').split(',').includes('prometheus')

/** Why there is no Prometheus to test with; undefined when there is one, or when the tests must fail without it. */
export const noPrometheus =
  (paths.prometheus === undefined || paths.promtool === undefined) && !isRequired
    ? 'no prometheus and promtool in the PATH: install them (Debian: prometheus); SYGRA_TEST_REQUIRE=prometheus fails instead'
    : undefined

/** What `promtool check metrics` says of a text; empty when it has nothing to say. */
export function promtoolComplaints(text: string): Promise<string> {
  return promtool(['check', 'metrics'], text)
}

/** What `promtool check rules` says of rules as YAML. */
export async function promtoolOfRules(yaml: string): Promise<string> {
  return promtool(['check', 'rules', await scratchFile('rules.yml', yaml)], '')
}

async function promtool(args: readonly string[], input: string): Promise<string> {
  const child = spawn(paths.promtool ?? 'promtool', args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    said += String(chunk)
  })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return code === 0 ? said : `${said}exit code ${code}`
}

export interface Prometheus {
  /** Asks for an expression; the samples by their labels. */
  readonly query: (expression: string) => Promise<readonly PrometheusSample[]>
  readonly stop: () => Promise<void>
}

export interface PrometheusSample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

/** A real Prometheus that scrapes an address every second. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  const folder = await scratchFolder()
  const config = join(folder, 'prometheus.yml')
  await writeFile(
    config,
    `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: sygra, static_configs: [{ targets: ['${target}'] }] }]\n`,
  )
  const port = await freePort()
  const child = spawn(
    paths.prometheus ?? 'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  )
  const query = async (expression: string): Promise<readonly PrometheusSample[]> => {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`
    const answer = await fetch(url).catch(() => undefined)
    // It is not up yet.
    if (answer === undefined || answer.status === 503) return []
    const body: { data: { result: { metric: Record<string, string>; value: [number, string] }[] } } =
      await answer.json()
    return body.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
  }
  const stop = async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  }
  return { query, stop }
}
