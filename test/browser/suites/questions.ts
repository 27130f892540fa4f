import { spawn } from 'node:child_process'
import { readdir, readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startSimulator } from '../../../src/simulator/simulator.ts'
import { openPage, textOf } from '../../helpers/browser.ts'
import { projectWithExample, runCliInShared } from '../../helpers/run-cli.ts'
import { runAddress, type StudioWorld, startStudio } from '../studio-world.ts'

/** What is asked of two runs of one task, a clean one and one with faults; the right answers are in their files. */
export function questions(world: () => StudioWorld): void {
  async function openRun(run: string): Promise<Page> {
    const { page } = await world().go(runAddress(run))
    await page.locator('.verdict').waitFor()
    return page
  }

  async function metadataOf(run: string) {
    return JSON.parse(await readFile(join(world().project, run), 'utf8'))
  }

  test('which node costs most, and why: one click', async () => {
    const page = await openRun(world().clean)
    const { nodes, aggregate_statistics } = await metadataOf(world().clean)
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
    await expect
      .poll(() => textOf(requests.locator('.figure')), { timeout: 20_000 })
      .toBe(String(node.requests.total_requests))
    await page.goBack()
    await page.locator('.chip').waitFor({ state: 'detached' })
  })

  test('why it was slower than the run before: one click', async () => {
    const page = await openRun(world().faulty)
    // Which run took longer depends on the machine; where the time went does not.
    await page
      .locator('.verdict')
      .getByRole('link', { name: /the run before/ })
      .click()
    await page.locator('.compare-matrix').waitFor()
    const { aggregate_statistics } = await metadataOf(world().faulty)
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
  })

  test('which records failed and how: one click; each with its reason', async () => {
    const page = await openRun(world().faulty)
    const { records } = (await metadataOf(world().faulty)).aggregate_statistics
    await page.getByRole('link', { name: `${records.total_failed} of 12 records failed` }).click()
    await page.waitForFunction(
      (count) => document.querySelectorAll('#records tbody tr').length === Math.min(10, count),
      records.total_failed,
    )
    const text = await readFile(join(world().project, 'tasks/examples/code_assistant', await failuresName()), 'utf8')
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
  })

  test('what a record asked and got: two clicks', async () => {
    const page = await openRun(world().clean)
    await page.locator('#records tbody tr').first().getByRole('button').first().click()
    const drawer = page.locator('.drawer')
    await drawer.getByText('Output row').waitFor()
    const id = (await textOf(drawer.locator('h2'))).replace('Record ', '')
    const [output = ''] = (await readdir(join(world().project, 'tasks/examples/code_assistant')))
      .filter((name) => name.startsWith('output_') && name.endsWith('.json'))
      .sort()
    const rows = JSON.parse(await readFile(join(world().project, 'tasks/examples/code_assistant', output), 'utf8'))
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
  })

  test('one record in two runs, side by side: one click from the record', async () => {
    const { clean, faulty, go } = world()
    const { page } = await go(runAddress(faulty, { record: 'q003' }))
    await page.getByRole('link', { name: 'Beside the run before' }).click()
    const sides = page.locator('.beside-runs > section')
    await sides.nth(1).waitFor()
    expect(decodeURIComponent(page.url())).toContain(`run=${clean}&run=${faulty}&record=q003`)
    for (const side of await sides.all()) expect(await side.locator('.waterfall .call-row').count()).toBeGreaterThan(0)
    await page.keyboard.press('Escape')
    await page.locator('.beside-runs').waitFor({ state: 'detached' })
  })

  test('what this week cost: one click', async () => {
    const { page } = await world().go('#/?task=tasks.examples.code_assistant')
    await page.getByRole('link', { name: 'Spend' }).click()
    await page.getByRole('combobox', { name: 'Task' }).selectOption('tasks.examples.code_assistant')
    const costs = await Promise.all(
      [world().clean, world().faulty].map(
        async (run) => (await metadataOf(run)).aggregate_statistics.cost.total_cost_usd,
      ),
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
  })

  test('what it would cost on another model: named, then one click', async () => {
    const page = await openRun(world().clean)
    const args = ['reprice', world().clean, '--model', 'gpt-4o=gpt-4o-mini', '--json']
    const { stdout } = await runCliInShared(args, { directory: world().project })
    const { after } = JSON.parse(stdout).rows.at(-1)
    await page.locator('#other-model select').selectOption('gpt-4o')
    await page.getByPlaceholder('such as gpt-4.1-mini').fill('gpt-4o-mini')
    await page.getByRole('button', { name: 'Work it out' }).click()
    const row = page.locator('#other-model tr', { hasText: 'all models' })
    await row.waitFor()
    expect((await textOf(row)).replaceAll(',', '')).toContain(`$${Number(after.usd.toFixed(12))}`)
  })

  test('a figure says how it comes about, down to the lines of the ledger', async () => {
    const page = await openRun(world().clean)
    await page.locator('.key-figures > div', { hasText: 'Requests' }).getByRole('button').click()
    await page.locator('dialog').getByText('request-end').first().waitFor()
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
  })

  test('names are not broken letter by letter, on a phone neither', async () => {
    const { page } = await world().go(runAddress('other/metadata/metadata_long_2026-11-20_10-00-00.json'))
    const usual = page.viewportSize() ?? { width: 1280, height: 720 }
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      const cell = page.locator('#cost tbody th', { hasText: 'generate_answer' })
      await cell.waitFor()
      expect((await cell.boundingBox())?.height).toBeLessThan(60)
    }
    await page.setViewportSize(usual)
  })

  test('rate limits and other failures differ in shape, not in colour alone', async () => {
    const page = await openRun(world().faulty)
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
    // Where the user's own colours are forced on the page, what bars and marks say is still to be seen.
    await page.emulateMedia({ forcedColors: 'active' })
    const unseen = await page.evaluate(() =>
      ['#errors [data-outcome="failed"]', '.share-bar', '.histogram-bar > span', '.token-bar span'].filter((name) => {
        const mark = document.querySelector(name)
        const [own, page] = [mark, document.body].map((each) => getComputedStyle(each ?? document.body).backgroundColor)
        return mark === null || own === page
      }),
    )
    await page.emulateMedia({ forcedColors: null })
    expect(unseen).toEqual([])
  })

  test('Back leads to where one was: selection, filter and place', async () => {
    const { page } = await openPage(world().browser, { viewport: { width: 800, height: 300 } })
    await page.goto(`${world().studio.url}#/?search=code_assistant`)
    const rows = page.locator('.runs-table tbody tr')
    await rows.nth(1).waitFor()
    await rows.nth(0).getByRole('checkbox').check()
    const cell = rows.nth(1).locator('td').nth(3)
    await cell.scrollIntoViewIfNeeded()
    const place = await page.evaluate(() => scrollY)
    expect(place).toBeGreaterThan(50)
    await cell.click()
    await page.locator('.verdict').waitFor()
    await page.goBack()
    await rows.nth(1).waitFor()
    await page.waitForFunction((y) => Math.abs(scrollY - y) < 3, place)
    expect(await rows.nth(0).getByRole('checkbox').isChecked()).toBe(true)
    expect(await rows.count()).toBe(2)
    await page.context().close()
  })

  test('a link to a record shows it, and another record in the address another', async () => {
    const { browser, studio, clean } = world()
    const { page } = await openPage(browser)
    const address = (record: string) => `${studio.url}${runAddress(clean, { record })}`
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
    const page = await openRun(world().clean)
    const chart = page.locator('#timeline .u-over').first()
    await chart.waitFor()
    await page.locator('#timeline').getByRole('button', { name: 'Zoom in' }).click()
    await page.locator('.chip', { hasText: 'time' }).waitFor()
    expect(page.url()).toMatch(/from=\d+&to=\d+/)
    const { requests } = (await metadataOf(world().clean)).aggregate_statistics
    await page.waitForFunction(
      (all) => Number(document.querySelectorAll('.key-figures .figure')[2]?.textContent) < all,
      requests.total_requests,
    )
    await page.reload()
    await page.locator('.chip', { hasText: 'time' }).waitFor()
  })

  test('the keyboard reaches nodes and sections', async () => {
    const page = await openRun(world().clean)
    await page.locator('.graph-node').first().focus()
    await page.keyboard.press('Enter')
    await page.locator('.chip', { hasText: 'generate_answer' }).waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.chip').waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByRole('heading', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Keyboard' }).waitFor({ state: 'detached' })
  })

  test('a server that stops is noticed, and one that comes back too', async () => {
    const { browser, project } = world()
    const own = await startStudio(project)
    const port = Number(new URL(own.url).port)
    const { page } = await openPage(browser)
    await page.goto(own.url)
    await page.locator('.runs-table tbody tr').first().waitFor()
    await own.close()
    await page.getByText('The studio does not answer.').waitFor()
    expect(await page.locator('.runs-table tbody tr').count()).toBeGreaterThan(1)
    const again = await startStudio(project, { port })
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
    const args = ['run', '-t', 'examples.code_assistant', '-n', '8', '-b', '4', '-od', 'out', '--simulate', slow.url]
    try {
      const child = spawn(process.execPath, [resolve('dist/cli/main.js'), ...args], {
        cwd: directory,
        stdio: 'ignore',
      })
      const ended = new Promise((done) => child.on('exit', done))
      await firstRecordOf(join(directory, 'out/metadata'))
      child.kill('SIGKILL')
      await ended
      const commands = await commandsOfDeadRun(directory)
      expect(commands).toHaveLength(2)
      for (const command of commands) {
        const words = command.replace(/^.*?sygra /, '').split(' ')
        const simulate = words.includes('--simulate') ? [slow.url] : []
        const { code, stdout, stderr } = await runCliInShared([...words, ...simulate], { directory })
        expect(code, `${command}\n${stdout}${stderr}`).toBe(0)
      }
      const names = (await readdir(join(directory, 'out/metadata'))).filter((name) => name.startsWith('metadata_'))
      expect(names).toHaveLength(1)
      const metadata = JSON.parse(await readFile(join(directory, 'out/metadata', names[0] ?? ''), 'utf8'))
      expect(metadata.status).toBe('complete')
      expect(metadata.aggregate_statistics.records.total_processed).toBe(8)
    } finally {
      await slow.close()
      await rm(directory, { recursive: true, force: true })
    }
  }, 90_000)

  /** What the page of a dead run in a folder says to type; its figures are those of the list. */
  async function commandsOfDeadRun(directory: string): Promise<string[]> {
    // Commands are told as they are to be typed where the studio was started.
    const served = spawn(process.execPath, [resolve('dist/cli/main.js'), 'studio'], { cwd: directory })
    const { page } = await openPage(world().browser)
    try {
      const [text] = await new Promise<string[]>((done) => served.stdout.once('data', (data) => done([String(data)])))
      const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\//.exec(text ?? '') ?? []
      await page.goto(url)
      await page.locator('.pill', { hasText: 'dead' }).waitFor()
      const listed = await textOf(page.locator('.runs-table tbody tr').first())
      await page.locator('.row-link').click()
      await page.getByText(`on ${hostname()}, ended without a word`).waitFor()
      const records = await textOf(page.locator('.key-figures > div', { hasText: 'Records' }).locator('.figure'))
      expect(listed.split('\t')).toContain(records)
      return await page.locator('.next-step pre').allInnerTexts()
    } finally {
      await page.context().close()
      served.kill('SIGINT')
    }
  }

  async function failuresName(): Promise<string> {
    const names = await readdir(join(world().project, 'tasks/examples/code_assistant'))
    return names.find((name) => name.endsWith('_failed.jsonl')) ?? ''
  }
}

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
