import { spawn } from 'node:child_process'
import { readdir, readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { studioFiles } from '../../src/cli/studio-files.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { type Studio, serveStudio } from '../../src/studio/serve.ts'
import { launchBrowser, noBrowser, openPage } from '../helpers/browser.ts'
import { projectWithExample, runCli } from '../helpers/run-cli.ts'
import { writeSampleRun } from '../helpers/studio-runs.ts'

/** Two runs of one task over the same data, a clean one and one with faults, and what is asked of them. */
describe.skipIf(noBrowser !== undefined)(
  `questions to the studio${noBrowser ? ` (skipped: ${noBrowser})` : ''}`,
  () => {
    let browser: Browser
    let project: string
    let studio: Studio
    let simulators: Simulator[] = []
    let clean = ''
    let faulty = ''
    const home = process.cwd()

    beforeAll(async () => {
      const good = await startSimulator({ timeScale: 0.01, seed: 7 })
      const bad = await startSimulator({
        timeScale: 0.01,
        seed: 5,
        rateLimitRate: 0.25,
        serverErrorRate: 0.35,
        maxFaultsPerCall: 20,
      })
      simulators = [good, bad]
      project = projectWithExample()
      for (const { url } of simulators) {
        const args = ['run', '--task', 'examples.code_assistant', '--num_records', '20', '--simulate', url]
        await runCli(args, { directory: project })
      }
      await writeSampleRun(project, 'other/metadata/metadata_long_2026-11-20_10-00-00.json', {
        taskName: 'long names',
        models: ['a-very-long-deployment-name-of-a-model-that-nobody-would-choose-but-somebody-has'],
        nodes: ['generate_answer', 'critique_answer'],
        startedAtMs: Date.UTC(2026, 10, 20),
        runId: 'long',
      })
      studio = await start(0)
      const { rows } = await (await fetch(`${studio.url}api/runs`)).json()
      const own = rows.filter(({ task }: { task: string }) => task.includes('code_assistant'))
      faulty = own.find(({ failedRecords }: { failedRecords: number }) => failedRecords > 0)?.path ?? ''
      clean = own.find(({ failedRecords }: { failedRecords: number }) => failedRecords === 0)?.path ?? ''
      expect([faulty, clean]).not.toContain('')
      browser = await launchBrowser()
    }, 180_000)

    afterAll(async () => {
      process.chdir(home)
      await browser?.close()
      await studio?.close()
      for (const simulator of simulators) await simulator.close()
      await rm(project, { recursive: true, force: true })
    })

    function start(port: number): Promise<Studio> {
      const files = studioFiles(project, { withOutputs: true })
      return serveStudio({ directory: project, files, pageDirectory: resolve('dist/web'), port })
    }

    async function openRun(run: string): Promise<Page> {
      const { page } = await openPage(browser)
      await page.goto(`${studio.url}#/run?${new URLSearchParams({ run })}`)
      await page.locator('.verdict').waitFor()
      return page
    }

    async function metadataOf(run: string) {
      return JSON.parse(await readFile(join(project, run), 'utf8'))
    }

    test('which node costs most, and why: one click', async () => {
      const page = await openRun(clean)
      const { nodes, aggregate_statistics } = await metadataOf(clean)
      const node = nodes.critique_answer
      const share = Math.round((100 * node.cost.total_cost_usd) / aggregate_statistics.cost.total_cost_usd)
      await page.getByRole('link', { name: `critique_answer is ${share}% of the cost` }).click()
      await page.locator('.chip', { hasText: 'critique_answer' }).waitFor()
      const row = page.locator('#cost tr[data-selected="true"]')
      await row.waitFor()
      const passes = (node.total_executions / 20).toFixed(1)
      const tokens = Math.round(node.token_statistics.total_prompt_tokens / node.total_executions)
      expect(await textOf(row)).toMatch(
        new RegExp(`critique_answer[\\s\\S]*\\t${passes}\\t${node.total_executions}\\t${tokens}`),
      )
      // The same part of the run in all that is on the page, and in the address.
      expect(page.url()).toContain('node=critique_answer')
      const requests = page.locator('.key-figures > div', { hasText: 'Requests' })
      expect(await textOf(requests.locator('.figure'))).toBe(String(node.requests.total_requests))
      await page.goBack()
      await page.locator('.chip').waitFor({ state: 'detached' })
      await page.context().close()
    })

    test('why it was slower than the run before: one click', async () => {
      const page = await openRun(faulty)
      // Which run took longer depends on the machine; where the time went does not.
      await page
        .locator('.verdict')
        .getByRole('link', { name: /the run before/ })
        .click()
      await page.locator('.compare-matrix').waitFor()
      const { aggregate_statistics } = await metadataOf(faulty)
      const waiting = aggregate_statistics.requests.retry_wait_seconds / aggregate_statistics.records.total_processed
      const row = await textOf(page.locator('.compare-matrix tr', { hasText: 'waiting to ask again' }))
      expect(row).toContain('0 ms')
      expect(waiting).toBeGreaterThan(0.1)
      expect(
        Number.parseFloat(
          row
            .split('\t')
            .at(-1)
            ?.replace(/ m?s.*/s, '') ?? '',
        ),
      ).toBeCloseTo(waiting < 0.9995 ? Math.round(waiting * 1000) : waiting, waiting < 0.9995 ? 0 : 1)
      const limit = await textOf(page.locator('.compare-matrix tr', { hasText: 'lowest limit of concurrency' }))
      const [base = '', head = ''] = limit.split('\t').slice(-2)
      expect(Number.parseInt(head, 10)).toBeLessThan(Number.parseInt(base, 10) || 25)
      await page.context().close()
    })

    test('which records failed and how: one click; each with its reason', async () => {
      const page = await openRun(faulty)
      const { records } = (await metadataOf(faulty)).aggregate_statistics
      await page.getByRole('link', { name: `${records.total_failed} of 20 records failed` }).click()
      await page.waitForFunction(
        (count) => document.querySelectorAll('#records tbody tr').length === Math.min(10, count),
        records.total_failed,
      )
      const text = await readFile(join(project, 'tasks/examples/code_assistant', await failuresName()), 'utf8')
      const reasons = new Map(
        text
          .trim()
          .split('\n')
          .map((line) => Object.values(JSON.parse(line)) as [string, string]),
      )
      const [first = ''] = await page.locator('#records tbody tr').allInnerTexts()
      const [id = ''] = first.split('\t')
      expect(first).toContain(reasons.get(id.trim()))
      const [error, count] = Object.entries<number>(records.error_types).sort(([, a], [, b]) => b - a)[0] ?? ['', 0]
      await page.getByRole('link', { name: `${error.replace('http_', '')} × ${count}` }).click()
      const row = page.locator('#errors tr[data-selected="true"]')
      await row.waitFor()
      expect((await textOf(row)).split('\t')[3]).toBe(String(count))
      await page.context().close()
    })

    test('what a record asked and got: two clicks', async () => {
      const page = await openRun(clean)
      await page.locator('#records tbody tr').first().getByRole('button').first().click()
      const drawer = page.locator('.drawer')
      await drawer.getByText('Output row').waitFor()
      const id = (await textOf(drawer.locator('h2'))).replace('Record ', '')
      const [output = ''] = (await readdir(join(project, 'tasks/examples/code_assistant')))
        .filter((name) => name.startsWith('output_') && name.endsWith('.json'))
        .sort()
      const rows = JSON.parse(await readFile(join(project, 'tasks/examples/code_assistant', output), 'utf8'))
      const row = rows.find((each: { id: string }) => each.id === id)
      const said = await textOf(drawer)
      for (const value of Object.values(row)) if (typeof value === 'string') expect(said).toContain(value.slice(0, 40))
      expect(said).toContain('Prompt of generate_answer')
      expect(said).toContain('prompts themselves are never kept')
      // j goes on to the next one, and Escape closes it.
      await page.keyboard.press('j')
      await page.waitForFunction((last) => !document.querySelector('.drawer h2')?.textContent?.includes(last), id)
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })
      await page.context().close()
    })

    test('what this week cost: one click', async () => {
      const { page } = await openPage(browser)
      await page.goto(`${studio.url}#/?task=tasks.examples.code_assistant`)
      await page.getByRole('link', { name: 'Spend' }).click()
      await page.getByRole('combobox', { name: 'Task' }).selectOption('tasks.examples.code_assistant')
      const costs = await Promise.all(
        [clean, faulty].map(async (run) => (await metadataOf(run)).aggregate_statistics.cost.total_cost_usd),
      )
      const sum = costs.reduce((total, usd) => total + usd, 0)
      const simulated = page.locator('.key-figures > div', { hasText: 'Simulated' }).locator('.figure')
      await page.waitForFunction(
        (wanted) => document.querySelector('.key-figures')?.textContent?.includes(wanted),
        `$${Number(sum.toPrecision(3))}`,
      )
      expect(await textOf(simulated)).toContain(`$${Number(sum.toPrecision(3))}`)
      await page.getByRole('button', { name: 'by model' }).click()
      await page.locator('table tbody tr', { hasText: 'gpt-4o-mini' }).waitFor()
      await page.context().close()
    })

    test('what it would cost on another model: named, then one click', async () => {
      const page = await openRun(clean)
      const args = ['reprice', clean, '--model', 'gpt-4o=gpt-4o-mini', '--json']
      const { stdout } = await runCli(args, { directory: project })
      const { after } = JSON.parse(stdout).rows.at(-1)
      await page.locator('#other-model select').selectOption('gpt-4o')
      await page.getByPlaceholder('such as gpt-4.1-mini').fill('gpt-4o-mini')
      await page.getByRole('button', { name: 'Work it out' }).click()
      const row = page.locator('#other-model tr', { hasText: 'all models' })
      await row.waitFor()
      expect((await textOf(row)).replaceAll(',', '')).toContain(`$${Number(after.usd.toFixed(12))}`)
      await page.context().close()
    })

    test('a figure says how it comes about, down to the lines of the ledger', async () => {
      const page = await openRun(clean)
      await page.locator('.key-figures > div', { hasText: 'Requests' }).getByRole('button').click()
      await page.locator('dialog').getByText('request-end').first().waitFor()
      await page.keyboard.press('Escape')
      await page.locator('dialog').waitFor({ state: 'detached' })
      await page.context().close()
    })

    test('names are not broken letter by letter, on a phone neither', async () => {
      for (const width of [390, 1280]) {
        const { page } = await openPage(browser, { viewport: { width, height: 800 } })
        const run = 'other/metadata/metadata_long_2026-11-20_10-00-00.json'
        await page.goto(`${studio.url}#/run?${new URLSearchParams({ run })}`)
        const cell = page.locator('#cost tbody th', { hasText: 'generate_answer' })
        await cell.waitFor()
        expect((await cell.boundingBox())?.height).toBeLessThan(60)
        await page.context().close()
      }
    })

    test('rate limits and other failures differ in shape, not in colour alone', async () => {
      const page = await openRun(faulty)
      await page.locator('#errors [data-outcome="limited"]').first().waitFor()
      await page.locator('#errors [data-outcome="failed"]').first().waitFor()
      const styles = await page.evaluate(() =>
        ['limited', 'failed'].map((outcome) => {
          const mark = document.querySelector(`#errors [data-outcome="${outcome}"]`)
          const { clipPath, backgroundImage } = getComputedStyle(mark ?? document.body)
          return `${clipPath} ${backgroundImage}`
        }),
      )
      expect(styles[0]).toContain('repeating-linear-gradient')
      expect(styles[1]).toContain('polygon')
      await page.context().close()
    })

    test('Back leads to where one was: selection, filter and place', async () => {
      const { page } = await openPage(browser, { viewport: { width: 800, height: 300 } })
      await page.goto(`${studio.url}#/?search=code_assistant`)
      const rows = page.locator('.runs-table tbody tr')
      await rows.nth(1).waitFor()
      await rows.nth(0).getByRole('checkbox').check()
      await page.evaluate(() => scrollTo(0, 150))
      await rows.nth(1).locator('td').nth(3).click()
      await page.locator('.verdict').waitFor()
      await page.goBack()
      await rows.nth(1).waitFor()
      await page.waitForFunction(() => Math.abs(scrollY - 150) < 3)
      expect(await rows.nth(0).getByRole('checkbox').isChecked()).toBe(true)
      expect(await rows.count()).toBe(2)
      await page.context().close()
    })

    test('a link to a record shows it, and another record in the address another', async () => {
      const { page } = await openPage(browser)
      const address = (record: string) => `${studio.url}#/run?${new URLSearchParams({ run: clean, record })}`
      await page.goto(address('q003'))
      await page.locator('.drawer h2', { hasText: 'q003' }).waitFor()
      await page.waitForFunction(
        () => (document.getElementById('records')?.getBoundingClientRect().top ?? 1e9) < innerHeight,
      )
      await page.goto(address('q004'))
      await page.locator('.drawer h2', { hasText: 'q004' }).waitFor()
      await page.context().close()
    })

    test('a stretch of the timeline is a filter of everything, and stands in the address', async () => {
      const page = await openRun(clean)
      const chart = page.locator('#timeline .u-over').first()
      await chart.waitFor()
      await page.locator('#timeline').getByRole('button', { name: 'Zoom in' }).click()
      await page.locator('.chip', { hasText: 'time' }).waitFor()
      expect(page.url()).toMatch(/from=\d+&to=\d+/)
      const part = Number(await textOf(page.locator('.key-figures .figure').nth(2)))
      expect(part).toBeLessThan((await metadataOf(clean)).aggregate_statistics.requests.total_requests)
      await page.reload()
      await page.locator('.chip', { hasText: 'time' }).waitFor()
      await page.context().close()
    })

    test('the keyboard reaches nodes and sections', async () => {
      const page = await openRun(clean)
      await page.locator('.graph-node').first().focus()
      await page.keyboard.press('Enter')
      await page.locator('.chip', { hasText: 'generate_answer' }).waitFor()
      await page.keyboard.press('Escape')
      await page.locator('.chip').waitFor({ state: 'detached' })
      await page.keyboard.press('?')
      await page.getByRole('heading', { name: 'Keyboard' }).waitFor()
      await page.context().close()
    })

    test('a server that stops is noticed, and one that comes back too', async () => {
      const own = await start(0)
      const port = Number(new URL(own.url).port)
      const { page } = await openPage(browser)
      await page.goto(own.url)
      await page.locator('.runs-table tbody tr').first().waitFor()
      await own.close()
      await page.getByText('The studio does not answer.').waitFor()
      expect(await page.locator('.runs-table tbody tr').count()).toBeGreaterThan(1)
      const again = await start(port)
      try {
        await page.getByText('The studio does not answer.').waitFor({ state: 'detached' })
      } finally {
        await page.context().close()
        await again.close()
      }
    })

    test('the commands on the page of a dead run do what they say', async () => {
      const slow = await startSimulator({ timeScale: 0.3, seed: 3 })
      const directory = projectWithExample()
      const args = ['run', '-t', 'examples.code_assistant', '-n', '14', '-b', '4', '-od', 'out', '--simulate', slow.url]
      try {
        const child = spawn(process.execPath, [resolve('dist/cli/main.js'), ...args], {
          cwd: directory,
          stdio: 'ignore',
        })
        const ended = new Promise((done) => child.on('exit', done))
        await firstRecordOf(join(directory, 'out/metadata'))
        child.kill('SIGKILL')
        await ended
        const served = spawn(process.execPath, [resolve('dist/cli/main.js'), 'studio'], { cwd: directory })
        const [text] = await new Promise<string[]>((done) => served.stdout.once('data', (data) => done([String(data)])))
        const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\//.exec(text ?? '') ?? []
        const { page } = await openPage(browser)
        await page.goto(url)
        const pill = page.locator('.pill', { hasText: 'dead' })
        await pill.waitFor()
        const listed = await textOf(page.locator('.runs-table tbody tr').first())
        await page.locator('.row-link').click()
        await page.getByText(`on ${hostname()}, ended without a word`).waitFor()
        const records = await textOf(page.locator('.key-figures > div', { hasText: 'Records' }).locator('.figure'))
        expect(listed.split('\t')).toContain(records)
        const commands = await page.locator('.next-step pre').allInnerTexts()
        expect(commands).toHaveLength(2)
        await page.context().close()
        served.kill('SIGINT')
        for (const command of commands) {
          const words = command.replace(/^.*?sygra /, '').split(' ')
          const simulate = words.includes('--simulate') ? [slow.url] : []
          const { code, stdout, stderr } = await runCli([...words, ...simulate], { directory })
          expect(code, `${command}\n${stdout}${stderr}`).toBe(0)
        }
        const names = (await readdir(join(directory, 'out/metadata'))).filter((name) => name.startsWith('metadata_'))
        expect(names).toHaveLength(1)
        const metadata = JSON.parse(await readFile(join(directory, 'out/metadata', names[0] ?? ''), 'utf8'))
        expect(metadata.status).toBe('complete')
        expect(metadata.aggregate_statistics.records.total_processed).toBe(14)
      } finally {
        await slow.close()
        await rm(directory, { recursive: true, force: true })
      }
    }, 90_000)

    async function failuresName(): Promise<string> {
      const names = await readdir(join(project, 'tasks/examples/code_assistant'))
      return names.find((name) => name.endsWith('_failed.jsonl')) ?? ''
    }
  },
)

/** Waits until a run has done its first record. */
async function firstRecordOf(folder: string): Promise<void> {
  for (;;) {
    const names = await readdir(folder).catch(() => [])
    const ledger = names.find((name) => name.startsWith('ledger_'))
    const text = ledger === undefined ? '' : await readFile(join(folder, ledger), 'utf8')
    if (text.includes('"record-end"')) return
    await new Promise((done) => setTimeout(done, 50))
  }
}

async function textOf(locator: Locator): Promise<string> {
  const [text = ''] = await locator.allInnerTexts()
  return text
}
