// The pictures of docs/studio.md: runs the example on simulated models, once well and once with faults, and takes pictures of
// the studio in a Chromium without a window. `npm run docs:images` writes them into docs/images. SYGRA_CHROMIUM names a
// Chromium in an unusual place.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { setUp } from './setup.mjs'

setUp()
const root = fileURLToPath(new URL('..', import.meta.url))
const images = join(root, 'docs/images')
const main = join(root, 'dist/cli/main.js')
const { startSimulator } = await import(join(root, 'dist/index.js'))

const project = mkdtempSync(join(tmpdir(), 'sygra-images-'))
const own = []
try {
  cpSync(join(root, 'tasks/examples/code_assistant'), join(project, 'tasks/examples/code_assistant'), {
    recursive: true,
    filter: (path) => !/metadata|output_/.test(path),
  })
  const good = await startSimulator({ timeScale: 0.05, seed: 7 })
  const bad = await startSimulator({
    timeScale: 0.05,
    seed: 5,
    rateLimitRate: 0.25,
    serverErrorRate: 0.3,
    dropRate: 0.05,
    maxFaultsPerCall: 20,
  })
  for (const { url } of [good, good, bad]) await runTask(url)
  await good.close()
  await bad.close()
  const url = await startStudio()
  await takePictures(url)
} finally {
  for (const child of own) child.kill('SIGINT')
  rmSync(project, { recursive: true, force: true })
}

async function takePictures(url) {
  const { rows } = await (await fetch(`${url}api/runs`)).json()
  const path = rows.find(({ failedRecords }) => failedRecords > 0)?.path ?? rows[0].path
  const before = rows.find((row) => row.path !== path)?.path
  const query = (values) => new URLSearchParams(values)
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-gpu'] })
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
  const pictures = {
    'studio-runs': '#/',
    'studio-run': `#/run?${query({ run: path })}`,
    'studio-lens': `#/run?${query({ run: path, node: 'critique_answer', at: 'cost' })}`,
    'studio-record': `#/run?${query({ run: path, kind: 'failed', at: 'records', record: await failedRecord(url, path) })}`,
    'studio-compare': `#/compare?${new URLSearchParams([before, path].map((run) => ['run', run]))}&diff=only`,
    'studio-spend': '#/spend?by=model',
  }
  for (const [name, address] of Object.entries(pictures)) {
    await page.goto('about:blank')
    await page.goto(url + address)
    await page.locator('h1').waitFor()
    await page.waitForFunction(() => document.querySelector('.loading') === null)
    // Charts are drawn after the page.
    await page.waitForTimeout(800)
    await page.screenshot({ path: join(images, `${name}.png`) })
    console.log(`docs/images/${name}.png`)
  }
  await browser.close()
}

async function failedRecord(url, run) {
  const { rows } = await (await fetch(`${url}api/records?${new URLSearchParams({ run, kind: 'failed' })}`)).json()
  return rows[0]?.recordId ?? ''
}

function runTask(url) {
  const args = ['run', '--task', 'examples.code_assistant', '--num-records', '40', '--simulate', url, '--quiet']
  return new Promise((done) => {
    spawn(process.execPath, [main, ...args], { cwd: project, stdio: 'ignore' }).on('exit', done)
  })
}

function startStudio() {
  const child = spawn(process.execPath, [main, 'studio'], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] })
  own.push(child)
  return new Promise((done) => {
    child.stdout.once('data', (data) => done(/http:\/\/127\.0\.0\.1:\d+\//.exec(String(data))?.[0]))
  })
}

function chromiumPath() {
  const places = [
    process.env.SYGRA_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]
  const found = places.find((place) => place !== undefined && existsSync(place))
  if (found === undefined) throw new Error('no Chromium was found: name it in SYGRA_CHROMIUM')
  return found
}
