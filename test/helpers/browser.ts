import { existsSync } from 'node:fs'
import axe from 'axe-core'
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
  type Request,
} from 'playwright-core'

const places = [
  process.env.SYGRA_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const path = places.find((place) => place !== undefined && existsSync(place))
const isRequired = (process.env.SYGRA_TEST_REQUIRE ?? '').split(',').includes('browser')

/** Why there is no browser to test with; undefined when there is one, or when the tests must fail without it. */
export const noBrowser =
  path === undefined && !isRequired
    ? 'no Chromium was found: install it or name it in SYGRA_CHROMIUM; SYGRA_TEST_REQUIRE=browser fails instead'
    : undefined

/** A real Chromium without a window. */
export function launchBrowser(): Promise<Browser> {
  const switches = ['no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-background-networking']
  const args = [...switches, 'disable-component-update', 'disable-sync'].map((name) => `--${name}`)
  return chromium.launch({ ...(path === undefined ? {} : { executablePath: path }), args })
}

/** A page of its own; what goes wrong in it is collected. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly problems: string[] }> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  followRequests(page)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
  })
  return { page, problems }
}

/** What pages have asked for and not got yet; a stream of changes, which never ends, is not among it. */
const asked = new WeakMap<Page, Set<Request>>()

function followRequests(page: Page): void {
  const requests = new Set<Request>()
  asked.set(page, requests)
  page.on('request', (request) => {
    if (request.resourceType() === 'fetch') requests.add(request)
  })
  page.on('requestfinished', (request) => requests.delete(request))
  page.on('requestfailed', (request) => requests.delete(request))
}

/** An answer may lead to another question a frame after it is shown. */
const quietFrames = 4

/** Waits until a page of `openPage` has what it asks for, and has drawn it: what is not there yet need not say so. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.loading, [aria-busy="true"]') === null)
  const endsAtMs = performance.now() + 20_000
  for (let quiet = 0; quiet < quietFrames; ) {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))
    const waiting = [...(asked.get(page) ?? [])]
    quiet = waiting.length === 0 ? quiet + 1 : 0
    if (performance.now() > endsAtMs) throw new Error(`the page waits for ${waiting.map((one) => one.url())}`)
  }
}

/** The text of the first element, as it is laid out; empty without one. */
export async function textOf(locator: Locator): Promise<string> {
  const [text = ''] = await locator.allInnerTexts()
  return text
}

/** What axe finds wrong with the page as it is now. */
export async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => Reflect.has(window, 'axe')))) await page.evaluate(axe.source)
  // Every rule is checked; of what is right nothing is told, and that is most of the time.
  const options = { resultTypes: ['violations'], preload: false }
  const { violations } = await page.evaluate((chosen) => Reflect.get(window, 'axe').run(chosen), options)
  return violations.map(
    ({ id, nodes }: { id: string; nodes: { html: string }[] }) =>
      `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  )
}
