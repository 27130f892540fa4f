import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Studio } from '../../../src/studio/server/serve.ts'
import { blockFont } from '../../helpers/block-font.ts'
import { openPage, settled } from '../../helpers/browser.ts'
import { comparePictures, type PictureDifference } from '../../helpers/compare-pictures.ts'
import { writeSampleRun } from '../../helpers/studio-runs.ts'
import { runAddress, type StudioWorld, startStudio } from '../studio-world.ts'

const kept = resolve('test/browser/pictures')
const failed = join(tmpdir(), 'sygra-pictures')
const isAccepting = process.env.SYGRA_TEST_PICTURES === 'accept'
/** What a browser of another version draws otherwise; a broken layout is far beyond it. */
const mostOfCells = 0.002

const good = 'tasks/metadata/metadata_pairs_2026-11-20_10-00-00.json'
const bad = 'tasks/metadata/metadata_pairs_2026-11-21_10-00-00.json'

const views: Readonly<Record<string, string>> = {
  runs: '#/',
  run: runAddress(bad),
  lens: runAddress(bad, { node: 'critique' }),
  compare: `#/compare?${new URLSearchParams([good, bad].map((run) => ['run', run]))}`,
  spend: '#/spend?by=model',
  record: runAddress(bad, { record: 'record-4', at: 'records' }),
}

/** Key views beside pictures that were kept: no other test sees that a column has lost its place or a card its room. */
export function pictures(world: () => StudioWorld): void {
  describe('pictures', () => {
    let studio: Studio | undefined
    let directory = ''
    let blank: Page | undefined

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'sygra-test-'))
      const common = { taskName: 'tasks.pairs', models: ['gpt-4o-mini', 'gpt-4o'], records: 20 }
      const first = { ...common, runId: 'a0000000', startedAtMs: Date.UTC(2026, 10, 20, 9) }
      await writeSampleRun(directory, good, first)
      const second = { ...common, runId: 'b0000000', startedAtMs: Date.UTC(2026, 10, 21, 9) }
      await writeSampleRun(directory, bad, { ...second, failEvery: 5, retryEvery: 3, slowness: 2 })
      studio = await startStudio(directory)
      blank = await world().browser.newPage()
    })

    afterAll(async () => {
      await blank?.close()
      await studio?.close()
      await rm(directory, { recursive: true, force: true })
    })

    /** From a page's beginning: letters that change later move what it has scrolled to. */
    async function newPage(options: BrowserContextOptions): Promise<Page> {
      const { page } = await openPage(world().browser, { ...options, bypassCSP: true })
      await page.addInitScript((content) => {
        const sheet = new CSSStyleSheet()
        sheet.replaceSync(content)
        document.adoptedStyleSheets = [sheet]
      }, sameEverywhere)
      return page
    }

    async function showView(page: Page, view: string, style = ''): Promise<void> {
      await page.goto('about:blank')
      await page.goto(`${studio?.url}${views[view]}`)
      await page.locator('h1').waitFor()
      if (style !== '') await page.addStyleTag({ content: style })
      await page.evaluate(() => document.fonts.load('12px block'))
      await settled(page)
    }

    /** Of what is still being drawn the picture is taken again, for so long. */
    async function differenceOf(page: Page, name: string, patienceMs: number): Promise<PictureDifference> {
      if (blank === undefined) throw new Error('there is no page to compare in')
      const before = await readFile(join(kept, `${name}.png`)).catch(() => undefined)
      const endsAtMs = performance.now() + patienceMs
      for (;;) {
        // A record lies beside what is in view.
        const fullPage = !name.startsWith('record')
        const picture = await page.screenshot({ fullPage, animations: 'disabled', caret: 'hide' })
        const difference = await comparePictures(blank, picture, before)
        if (difference.share <= mostOfCells || performance.now() > endsAtMs) return difference
      }
    }

    const screens = [
      ['light', 1280],
      ['dark', 1280],
      ['light', 390],
    ] as const
    test.each(screens)('%s, %i pixels wide: the views are those that were kept', async (colorScheme, width) => {
      const viewport = { width, height: 900 }
      const page = await newPage({ colorScheme, viewport })
      const others: string[] = []
      for (const view of Object.keys(views)) {
        // What is dark differs in its colours alone: one page has them all.
        if (colorScheme === 'dark' && view !== 'run') continue
        if (width < 600 && !['runs', 'run', 'record'].includes(view)) continue
        await showView(page, view)
        const name = `${view}-${width}-${colorScheme}`
        const difference = await differenceOf(page, name, 8_000)
        if (isAccepting) {
          await mkdir(kept, { recursive: true })
          await writeFile(join(kept, `${name}.png`), Buffer.from(difference.kept, 'base64'))
        } else if (difference.share > mostOfCells) {
          await mkdir(failed, { recursive: true })
          await writeFile(join(failed, `${name}.png`), Buffer.from(difference.marked, 'base64'))
          others.push(
            `${name}: ${(100 * difference.share).toFixed(1)}% of it; ${join(failed, `${name}.png`)} has it in red`,
          )
        }
      }
      await page.context().close()
      expect(others, 'docs/testing.md says how to look at it and how to accept it').toEqual([])
    })

    test('a broken layout is seen', async () => {
      const page = await newPage({ viewport: { width: 1280, height: 900 } })
      for (const [view, style] of [
        ['runs', '.table td[data-number="true"] { text-align: left !important }'],
        ['runs', '.toolbar { display: block !important }'],
        ['record', '.run-page { margin-right: 0 !important }'],
      ] as const) {
        await showView(page, view, style)
        const { share } = await differenceOf(page, `${view}-1280-light`, 0)
        expect(share, style).toBeGreaterThan(3 * mostOfCells)
      }
      await page.context().close()
    })
  })
}

/** One font for all machines; what a canvas draws, and where the files of this run lie, is another test's business. */
const sameEverywhere = `
  @font-face { font-family: block; font-weight: 100 900; src: url(data:font/ttf;base64,${blockFont().toString('base64')}) }
  :root { --font: block !important; --mono: block !important }
  canvas { visibility: hidden }
  .page-head > .path { visibility: hidden }
`
