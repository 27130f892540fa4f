import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { studioFiles } from '../../src/cli/files/studio-files.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { type Studio, serveStudio } from '../../src/studio/server/serve.ts'
import { launchBrowser, openPage } from '../helpers/browser.ts'
import { projectWithExample, runCliInShared } from '../helpers/run-cli.ts'
import { writeSampleRun } from '../helpers/studio-runs.ts'

export const hostileName = '<script>document.title="taken"</script><img src=x onerror=alert(1)>'

/** Runs with faults and without, a studio that shows them, and one page that goes from address to address. */
export interface StudioWorld {
  readonly browser: Browser
  readonly project: string
  readonly studio: Studio
  /** Key of a run of 20 records without a fault, and of the one after it: 12 records, of which some failed. */
  readonly clean: string
  readonly faulty: string
  /**
   * The page at an address of the studio, such as `#/spend`. It is not loaded anew: an address says all that is shown. What
   * has gone wrong in it since is collected.
   */
  readonly go: (address: string) => Promise<{ readonly page: Page; readonly problems: string[] }>
  readonly close: () => Promise<void>
}

export function runAddress(run: string, more: Readonly<Record<string, string>> = {}): string {
  return `#/run?${new URLSearchParams({ run, ...more })}`
}

export function startStudio(directory: string, { port = 0, withOutputs = false } = {}): Promise<Studio> {
  const files = studioFiles(directory, { withOutputs })
  return serveStudio({ directory, files, pageDirectory: resolve('dist/web'), port })
}

export async function createWorld(): Promise<StudioWorld> {
  const project = projectWithExample()
  await writeRuns(project)
  const [clean, faulty] = await runExamples(project)
  const studio = await startStudio(project, { withOutputs: true })
  const browser = await launchBrowser()
  const { page, problems } = await openPage(browser)
  return {
    ...{ browser, project, studio, clean, faulty },
    go: async (address) => {
      problems.length = 0
      await page.goto(`${studio.url}${address}`)
      return { page, problems }
    },
    close: async () => {
      await browser.close()
      await studio.close()
      await rm(project, { recursive: true, force: true })
    },
  }
}

/** One after the other: the second has the first before it. */
async function runExamples(project: string): Promise<[clean: string, faulty: string]> {
  const good = await startSimulator({ timeScale: 0.01, seed: 7 })
  const bad = await startSimulator({
    timeScale: 0.01,
    seed: 5,
    rateLimitRate: 0.25,
    serverErrorRate: 0.35,
    maxFaultsPerCall: 20,
  })
  try {
    return [await runExample(project, 20, good), await runExample(project, 12, bad)]
  } finally {
    await good.close()
    await bad.close()
  }
}

async function runExample(directory: string, records: number, { url }: Simulator): Promise<string> {
  const args = ['run', '--task', 'examples.code_assistant', '--num_records', String(records), '--simulate', url]
  const folder = 'tasks/examples/code_assistant/metadata'
  const before = await metadataIn(join(directory, folder))
  await runCliInShared(args, { directory })
  const [made] = (await metadataIn(join(directory, folder))).filter((name) => !before.includes(name))
  if (made === undefined) throw new Error('the run wrote no metadata')
  return `${folder}/${made}`
}

async function metadataIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('metadata_'))
}

async function writeRuns(project: string): Promise<void> {
  await writeSampleRun(project, 'other/metadata/metadata_failing_2026-11-20_10-00-00.json', {
    taskName: 'failing',
    failEvery: 5,
    retryEvery: 3,
    startedAtMs: Date.UTC(2026, 10, 20),
    runId: 'failing',
  })
  await writeSampleRun(project, 'other/metadata/metadata_dead_2026-11-21_10-00-00.json', {
    taskName: 'dead',
    outputPath: 'output_2026-11-21_10-00-00.json',
    status: undefined,
    pid: 2 ** 22 + 1,
    host: hostname(),
    startedAtMs: Date.UTC(2026, 10, 21),
    runId: 'dead',
  })
  await writeSampleRun(project, 'other/metadata/metadata_hostile_2026-11-19_10-00-00.json', {
    taskName: hostileName,
    models: [hostileName, '__proto__', 'constructor'],
    nodes: [hostileName, 'toString'],
    startedAtMs: Date.UTC(2026, 10, 19),
    runId: 'hostile',
  })
  await writeSampleRun(project, 'other/metadata/metadata_long_2026-11-20_10-00-00.json', {
    taskName: 'long names',
    models: ['a-very-long-deployment-name-of-a-model-that-nobody-would-choose-but-somebody-has'],
    nodes: ['generate_answer', 'critique_answer'],
    startedAtMs: Date.UTC(2026, 10, 20),
    runId: 'long',
  })
  const old = await readFile('test/fixtures/metadata/python-1.0.0.json', 'utf8')
  await writeFile(join(project, 'other/metadata/metadata_old_2026-01-02_03-04-05.json'), old)
  await writeFile(join(project, 'other/metadata/metadata_broken_2026-01-01_00-00-00.json'), '{"metadata_version": 1')
}
