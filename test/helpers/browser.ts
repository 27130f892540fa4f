import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'

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
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
  })
  return { page, problems }
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
