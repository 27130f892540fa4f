import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MetadataEvent, RequestEnd } from '../../src/metadata/event.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { noBrowser, openPage, settled, textOf, violationsOf } from '../helpers/browser.ts'
import { isLong } from '../helpers/is-long.ts'
import { requestEnd } from '../helpers/request-end.ts'
import { projectWithExample, runCliInShared } from '../helpers/run-cli.ts'
import { sampleEvents } from '../helpers/sample-run.ts'
import { writeRunOf } from '../helpers/studio-runs.ts'
import { createWorld, hostileName, runAddress, type StudioWorld, startStudio } from './studio-world.ts'
import { pictures } from './suites/pictures.ts'
import { questions } from './suites/questions.ts'

const failing = 'other/metadata/metadata_failing_2026-11-20_10-00-00.json'

function asked(usd: number | undefined, place: Partial<RequestEnd>): RequestEnd {
  const cost =
    usd === undefined
      ? ({ status: 'unpriced', picodollars: 0, lines: [] } as const)
      : ({ status: 'priced', picodollars: usd * 1e12, lines: [] } as const)
  return requestEnd({ usage: { input: 100, output: 0 }, cost, ...place })
}

/** A program whose planner asks twice itself, once without a price, and once through a searcher that runs as its tool. */
const agentEvents: readonly MetadataEvent[] = [
  ...sampleEvents({ records: 0, taskName: 'agents', runId: 'agents', status: undefined }),
  asked(0.5, { agent: 'planner' }),
  asked(undefined, { agent: 'planner' }),
  asked(1, { agent: 'searcher', outerAgents: ['planner'], tool: 'research' }),
  asked(2, {}),
  { type: 'actor-end', kind: 'agent', name: 'planner', succeeded: true, durationSeconds: 3 },
  { type: 'actor-end', kind: 'agent', name: 'searcher', succeeded: true, durationSeconds: 1 },
  { type: 'actor-end', kind: 'tool', name: 'research', succeeded: true, durationSeconds: 2 },
  { type: 'actor-end', kind: 'tool', name: 'add', succeeded: false, durationSeconds: 0.25, errorType: 'TypeError' },
  { type: 'run-end', session: 0, status: 'complete', endedAtMs: Date.UTC(2026, 10, 23, 18), durationSeconds: 9 },
]

/** An address of each view, with what can stand in it. */
function viewsOf(clean: string, faulty: string): string[] {
  return [
    '#/',
    runAddress(clean),
    // What is looked at, a record beside the list, and failed ones in it.
    runAddress(failing, { kind: 'failed', record: 'record-4', node: 'critique' }),
    `#/compare?${new URLSearchParams([clean, faulty].map((run) => ['run', run]))}`,
    '#/trends?task=tasks.examples.code_assistant',
    '#/spend',
  ]
}

describe.skipIf(noBrowser !== undefined)(`the studio in Chromium${noBrowser ? ` (skipped: ${noBrowser})` : ''}`, () => {
  let made: StudioWorld | undefined
  const world = (): StudioWorld => {
    if (made === undefined) throw new Error('the runs are missing')
    return made
  }

  beforeAll(async () => {
    made = await createWorld()
  }, 180_000)

  afterAll(async () => made?.close())

  questions(world)
  pictures(world)

  test('the list has every run with its figures, and says which files were left out', async () => {
    const { page, problems } = await world().go('#/')
    await page.locator('.runs-table tbody tr').nth(6).waitFor()
    expect(await page.locator('.runs-table tbody tr').count()).toBe(7)
    const [, clean] = await page.locator('.runs-table tbody tr').allInnerTexts()
    expect(clean).toMatch(/code_assistant.*complete.*20.*100%.*sim\./s)
    await page.getByText('1 file left out').click()
    expect(await textOf(page.locator('.refused'))).toContain('metadata_broken')
    expect(await page.locator('.task-card').count()).toBeGreaterThan(3)
    expect(problems).toEqual([])
  })

  test('the list is searched, filtered and sorted, and its address says how', async () => {
    const { page } = await world().go('#/')
    await page.locator('.runs-table tbody tr').nth(6).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('code_assistant')
    await page.waitForFunction(() => document.querySelectorAll('.runs-table tbody tr').length === 2)
    await page.getByRole('button', { name: 'Records' }).click()
    expect(page.url()).toContain('search=code_assistant')
    expect(page.url()).toContain('sort=records')
    await page.getByRole('button', { name: 'Records' }).click()
    await page.reload()
    await page.locator('.runs-table tbody tr').first().waitFor()
    const [first] = await page.locator('.runs-table tbody tr').allInnerTexts()
    expect(first).toContain('\t12\t')
    // The address never lies: what it does not say is not filtered.
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await page.waitForFunction(() => document.querySelectorAll('.runs-table tbody tr').length === 7)
    await page.getByLabel('Search runs by task, id, file, commit or model').fill('gpt-4o-mini')
    await page.waitForFunction(() => document.querySelectorAll('.runs-table tbody tr').length > 1)
    await page.getByLabel('Search runs by task, id, file, commit or model').fill('nothing is called like this')
    await page.getByRole('link', { name: 'Show all runs' }).click()
    await page.getByRole('combobox', { name: 'Status' }).selectOption('dead')
    await page.waitForFunction(() => document.querySelectorAll('.runs-table tbody tr').length === 1)
    await page.getByText('Columns').click()
    await page.getByRole('checkbox', { name: 'Commit' }).check()
    expect(await textOf(page.locator('.runs-table thead'))).toContain('Commit')
  })

  test('the keyboard moves, selects, compares and opens', async () => {
    const { page } = await world().go('#/?search=code_assistant')
    await page.locator('.runs-table tbody tr').nth(1).waitFor()
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key)
    await page.getByRole('link', { name: 'Compare 2 runs' }).waitFor()
    await page.keyboard.press('c')
    await page.getByRole('heading', { name: 'Compare' }).waitFor()
    await page.locator('.compare-matrix').waitFor()
    expect(await textOf(page.locator('main'))).toContain('Not alike from the start')
    await page.goBack()
    await page.locator('.runs-table tbody tr').nth(1).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('heading', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Keyboard' }).waitFor({ state: 'detached' })
    for (const key of ['j', 'Enter']) await page.keyboard.press(key)
    await page.getByRole('heading', { name: 'Timeline' }).waitFor()
  })

  test('a run shows its graph, its timeline, its figures and its records', async () => {
    const { page, problems } = await world().go(runAddress(world().clean))
    await page.locator('#timeline canvas').first().waitFor()
    const metadata = JSON.parse(await readFile(join(world().project, world().clean), 'utf8'))
    const { records, requests } = metadata.aggregate_statistics
    const figures = await textOf(page.locator('.key-figures'))
    expect(figures).toContain(String(records.total_processed))
    expect(figures).toContain(String(requests.total_requests))
    const graph = await page.locator('.graph-frame').getAttribute('aria-label')
    expect(graph).toContain(`START to generate_answer, ${records.total_processed} times`)
    expect(graph).toContain(`critique_answer to END, ${records.total_processed} times`)
    const executions = metadata.nodes.generate_answer.total_executions
    expect(graph).toContain(`generate_answer to critique_answer, ${executions} times`)
    for (const title of [
      'Latency',
      'Tokens',
      'Simulated cost',
      'Errors',
      'Records',
      'Models',
      'Nodes',
      'Responses',
      'Configuration',
      'Environment',
    ])
      await page.getByRole('heading', { name: title, exact: true }).waitFor()
    await page.locator('#cost .card-foot').getByRole('button', { name: 'gpt-4o', exact: true }).click()
    expect(await textOf(page.locator('.receipts'))).toContain('tokens of class')
    await page.getByRole('button', { name: 'Show JSON' }).click()
    expect(await textOf(page.locator('.raw-json'))).toContain('"metadata_version": "1.4.0"')
    expect(problems).toEqual([])
  })

  test('the agents and tools of a run are tables, in which a doubt of a cost stays one', async () => {
    const key = 'agents/metadata/metadata_agents_2026-11-18_10-00-00.json'
    await writeRunOf(world().project, key, agentEvents)
    const { page, problems } = await world().go(runAddress(key))
    const rowsOf = async (title: string) => {
      const card = page.locator(`section[aria-label="${title}"]`)
      await card.locator('tbody tr').first().waitFor()
      const rows = await card.locator('tbody tr').all()
      return Promise.all(
        rows.map(async (row) => (await row.locator('th, td').allInnerTexts()).map((cell) => cell.trim())),
      )
    }
    const agents = await rowsOf('Agents')
    expect(agents).toContainEqual(['planner', '1', '2', '200', '≥ $0.50', '≥ $1.50', '3.00 s', '3.00 s'])
    expect(agents).toContainEqual(['searcher', '1', '1', '100', '$1.00', '$1.00', '1.00 s', '1.00 s'])
    expect(agents).toContainEqual(['outside agents', '–', '1', '100', '$2.00', '–', '–', '–'])
    const tools = await rowsOf('Tools')
    expect(tools.map((row) => row.slice(0, 3))).toContainEqual(['add', '1', '1'])
    expect(await textOf(page.locator('main'))).toContain('TypeError')
    expect(problems).toEqual([])
    await rm(join(world().project, 'agents'), { recursive: true })
  })

  test('a record leads to its calls and attempts, and to an address of its own', async () => {
    const { page } = await world().go(runAddress(failing))
    await page.locator('#records').getByRole('button', { name: 'retries' }).click()
    // The address is there before the rows are.
    await page.waitForFunction(() => {
      const table = document.querySelector('#records table')
      const column = [...(table?.querySelectorAll('thead th') ?? [])].findIndex(({ textContent }) =>
        /retries/.test(textContent),
      )
      const retries = [...(table?.querySelectorAll('tbody tr') ?? [])].map(({ children }) =>
        Number(children[column]?.textContent),
      )
      const isInOrder = retries.every((count, index) => index === 0 || count <= (retries[index - 1] ?? 0))
      return location.hash.includes('sort=retries') && isInOrder && (retries[0] ?? 0) > 0
    })
    const record = page.locator('#records tbody tr').first().getByRole('button').first()
    const id = await textOf(record)
    await record.click()
    await page.locator('.waterfall tbody tr').first().waitFor()
    const calls = await page.locator('.waterfall .call-row').count()
    expect(calls).toBeGreaterThan(1)
    await page.locator('.waterfall').getByRole('button', { name: /retr/ }).first().click()
    expect(await page.locator('.waterfall .attempt-row').count()).toBeGreaterThan(1)
    expect(page.url()).toContain(`record=${id}`)
    await page.reload()
    await page.locator('.waterfall tbody tr').first().waitFor()
    expect(await page.locator('.waterfall .call-row').count()).toBe(calls)
    // Back closes the record and stays at the run.
    await page.goBack()
    await page.locator('.drawer').waitFor({ state: 'detached' })
    expect(page.url()).toContain('#/run?')
  })

  test('the timeline is zoomed by dragging, by buttons and by keys', async () => {
    const { page } = await world().go(runAddress(world().clean))
    const chart = page.locator('#timeline .u-over').first()
    await chart.waitFor()
    await chart.evaluate((element) => element.scrollIntoView({ block: 'center' }))
    const box = await chart.boundingBox()
    if (box === null) throw new Error('the chart has no box')
    await page.mouse.move(box.x + box.width * 0.2, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 4 })
    await page.mouse.up()
    const note = page.locator('#timeline .card-note')
    await page.waitForFunction(() =>
      document.querySelector('#timeline .card-note')?.textContent?.includes('of the run'),
    )
    const zoomed = await textOf(note)
    await page.locator('#timeline').focus()
    await page.keyboard.press('+')
    expect(await textOf(note)).not.toBe(zoomed)
    await page.getByRole('button', { name: 'All: show the whole run' }).click()
    expect(await textOf(note)).toContain('drag over')
  })

  test('failed records come with their reason, a dead run with the way to go on', async () => {
    const { page } = await world().go(runAddress(failing))
    await page.locator('.verdict').getByRole('link', { name: '4 of 20 records failed' }).click()
    await page.waitForFunction(() => document.querySelectorAll('#records tbody tr').length === 4)
    expect(await textOf(page.locator('#records tbody'))).toContain('500')
    await world().go(runAddress('other/metadata/metadata_dead_2026-11-21_10-00-00.json'))
    await page.getByText('npx sygra recover').waitFor()
  })

  test('a file of the Python system is shown', async () => {
    const { page, problems } = await world().go(runAddress('other/metadata/metadata_old_2026-01-02_03-04-05.json'))
    await page.getByRole('heading', { name: 'Models', exact: true }).waitFor()
    expect(await textOf(page.locator('main'))).toContain('python')
    expect(problems).toEqual([])
  })

  test('the trends of a task are drawn over its runs', async () => {
    const { page, problems } = await world().go('#/trends?task=tasks.examples.code_assistant')
    await page.locator('.chart canvas').nth(3).waitFor()
    expect(await page.locator('.chart').first().getAttribute('aria-label')).toContain('over 2 runs')
    expect(problems).toEqual([])
  })

  test('what a hostile file says is text and nothing else', async () => {
    const { studio, browser } = world()
    const { page, problems } = await openPage(browser)
    page.on('dialog', () => problems.push('a dialog was opened'))
    for (const address of ['#/', runAddress('other/metadata/metadata_hostile_2026-11-19_10-00-00.json')]) {
      await page.goto(`${studio.url}${address}`)
      await page.getByText(hostileName).locator('visible=true').first().waitFor()
      expect(await page.locator('img').count()).toBe(0)
    }
    expect(await page.title()).not.toBe('taken')
    await page.goto(studio.url + runAddress('other/metadata/metadata_broken_2026-01-01_00-00-00.json'))
    await page.getByText('This run cannot be shown').waitFor()
    // The server says 404 for it, which the browser notes; nothing else may be noted.
    expect(problems.filter((problem) => !problem.includes('404'))).toEqual([])
  })

  const screens = [
    ['light', 360],
    ['dark', 1600],
    ['dark', 360],
    ['light', 1600],
  ] as const
  test.each(screens.slice(0, isLong ? 4 : 2))(
    'every view is accessible and as wide as the screen: %s, %i',
    async (colorScheme, width) => {
      const { browser, studio, clean, faulty } = world()
      const { page } = await openPage(browser, { colorScheme, viewport: { width, height: 900 } })
      for (const view of viewsOf(clean, faulty)) {
        await page.goto(studio.url + view)
        // The view before is still there until the page has drawn this one.
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))
        await page.locator('h1').waitFor()
        await settled(page)
        expect(await violationsOf(page), view).toEqual([])
        // How wide it is has nothing to do with colours: the first screen tries what lies between.
        for (const other of colorScheme === 'light' || isLong ? [width, 390, 768, 1024, 1440] : [width]) {
          await page.setViewportSize({ width: other, height: 900 })
          // Charts are drawn anew in the frame after.
          const beyond = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
          await expect.poll(beyond, { message: `${view} at ${other}` }).toBeLessThanOrEqual(0)
        }
        await page.setViewportSize({ width, height: 900 })
      }
      await page.context().close()
    },
  )

  test('every view is there again after a reload, by Back and from its address', async () => {
    const { browser, studio, clean, faulty } = world()
    const { page, problems } = await openPage(browser)
    const shown = async () => {
      await page.locator('h1').waitFor()
      await settled(page)
      return page.evaluate(() =>
        ['h1', 'h2', '.chip', 'tbody th', 'select'].map((name) =>
          [...document.querySelectorAll(name)].map((each) =>
            each instanceof HTMLSelectElement ? each.value : each.textContent,
          ),
        ),
      )
    }
    for (const view of viewsOf(clean, faulty)) {
      await page.goto('about:blank')
      await page.goto(studio.url + view)
      const first = await shown()
      await page.reload()
      expect(await shown(), `${view} after a reload`).toEqual(first)
      // From the list of runs to the trends of a task, which no view is.
      await page.evaluate(() => {
        location.hash = '#/trends?task=failing'
      })
      await page.waitForFunction(() => document.querySelector('select')?.value === 'failing')
      await page.goBack()
      await page.waitForFunction((hash) => location.hash === hash, view)
      await page.waitForFunction((title) => document.querySelector('h1')?.textContent === title, first[0]?.[0] ?? '')
      await expect.poll(shown, { message: `${view} by Back`, timeout: 10_000 }).toEqual(first)
    }
    expect(problems).toEqual([])
    await page.context().close()
  })

  test('a running run moves by itself, in the list and on its page, until it is complete', async () => {
    const slow = await startSimulator({ timeScale: 0.6, seed: 3 })
    const directory = projectWithExample()
    const live = await startStudio(directory)
    const { page } = await openPage(world().browser)
    try {
      await page.goto(live.url)
      await page.getByText('No runs here yet').waitFor()
      const args = ['run', '--task', 'examples.code_assistant', '--num_records', '20', '--batch_size', '5']
      const done = runCliInShared([...args, '--simulate', slow.url], { directory })
      await page.locator('.pill', { hasText: 'running' }).waitFor({ timeout: 60_000 })
      await page.locator('.row-link').click()
      await page.locator('.run-header .pill', { hasText: 'running' }).waitFor()
      const records = () => textOf(page.locator('.key-figures .figure').nth(1))
      // The page as it is first opened is no successor of anything.
      await page.locator('#records tbody tr').first().waitFor()
      await page.waitForFunction(() => document.querySelector('.loading') === null)
      // What is shown is never cleared before its successor is there, and nothing jumps.
      await page.evaluate(() => {
        Reflect.set(window, 'shift', 0)
        Reflect.set(window, 'loadings', 0)
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            if (!Reflect.get(entry, 'hadRecentInput')) {
              Reflect.set(window, 'shift', Reflect.get(window, 'shift') + Reflect.get(entry, 'value'))
            }
          }
        }).observe({ type: 'layout-shift', buffered: false })
        new MutationObserver(() => {
          if (document.querySelector('.loading')) Reflect.set(window, 'loadings', Reflect.get(window, 'loadings') + 1)
        }).observe(document.body, { subtree: true, childList: true })
      })
      const seen = new Set<string>()
      await page.exposeFunction('see', (text: string) => seen.add(text))
      await page.evaluate(() => {
        const figure = () => document.querySelectorAll('.key-figures .figure')[1]?.textContent ?? ''
        new MutationObserver(() => Reflect.get(window, 'see')(figure())).observe(document.body, {
          subtree: true,
          characterData: true,
          childList: true,
        })
      })
      await page.locator('.run-header .pill', { hasText: 'complete' }).waitFor({ timeout: 50_000 })
      expect((await done).code).toBe(0)
      await page.waitForFunction(() => document.querySelectorAll('.key-figures .figure')[1]?.textContent === '20')
      expect(await records()).toBe('20')
      expect(seen.size).toBeGreaterThan(2)
      expect(await page.evaluate(() => Reflect.get(window, 'loadings'))).toBe(0)
      expect(await page.evaluate(() => Reflect.get(window, 'shift'))).toBeLessThan(0.02)
    } finally {
      await page.context().close()
      await live.close()
      await slow.close()
      await rm(directory, { recursive: true, force: true })
    }
  })

  test('a report is one file that shows the run without a server', async () => {
    const { project, browser, clean } = world()
    const file = join(project, 'report.html')
    const written = await runCliInShared(['report', clean, '--html', file], { directory: project })
    expect(written.code, written.stderr).toBe(0)
    expect((await stat(file)).size).toBeLessThan(500_000)
    const { page, problems } = await openPage(browser)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`file://${file}`)
    await page.locator('#timeline canvas').first().waitFor()
    await page.locator('#records tbody tr').first().getByRole('button').first().click()
    await page.locator('.waterfall tbody tr').first().waitFor()
    await page.locator('.drawer').getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Zoom in' }).click()
    await page.waitForFunction(() =>
      document.querySelector('#timeline .card-note')?.textContent?.includes('of the run'),
    )
    await page.setViewportSize({ width: 390, height: 800 })
    const beyond = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    await expect.poll(beyond).toBeLessThanOrEqual(0)
    expect(asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([])
    expect(problems).toEqual([])
    expect(await violationsOf(page)).toEqual([])
  })

  test('it prints without its controls', async () => {
    const { page } = await world().go(runAddress(world().clean))
    await page.locator('#timeline canvas').first().waitFor()
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false)
    expect((await page.pdf()).length).toBeGreaterThan(20_000)
  })
})

test('the command serves the page until it is interrupted', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sygra-studio-'))
  await mkdir(join(directory, 'tasks'))
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), 'studio'], { cwd: directory })
  const ended = new Promise((done) => child.on('exit', done))
  const [text] = await new Promise<string[]>((done) => child.stdout.once('data', (chunk) => done([String(chunk)])))
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\//.exec(text ?? '') ?? []
  const page = await (await fetch(url)).text()
  expect(page).toContain('<div id="app">')
  const [script = ''] = /assets\/[^"]+\.js/.exec(page) ?? []
  expect((await fetch(url + script)).status).toBe(200)
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  await rm(directory, { recursive: true })
})
