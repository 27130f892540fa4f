// The web platform's tests of fetch, as undici's repository has them up to version 7.15, with the fetch of this Node, or with
// undici's own (`undici` as argument). Runs in such a checkout, prints TAP; npm run peers calls it.
import { fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const folder = join(process.cwd(), 'test', 'wpt')
const runner = join(folder, 'runner', 'printing-runner.mjs')
const worker = join(folder, 'runner', 'platform-worker.mjs')

changed('runner.mjs', runner, [
  ["'../worker.mjs'", process.argv[2] === 'undici' ? "'../worker.mjs'" : "'../platform-worker.mjs'"],
  [
    'this.#stats.completedTests += 1\n',
    `this.#stats.completedTests += 1
    const name = sanitizeUnpairedSurrogates(message.result.name).replace(/localhost:\\d+/g, 'localhost')
    const result = message.result.status === 1 ? 'not ok' : 'ok'
    process.stdout.write(\`\\n\${result} 1 - \${path.split('/fetch/').pop()} \${JSON.stringify(name)}\\n\`)\n`,
  ],
])
// Node's own fetch takes the origin of relative addresses from the same place as undici's.
changed('worker.mjs', worker, [
  [
    /import \{\s*fetch,[\s\S]*?index\.js'/,
    `import { caches } from '../../../index.js'
const { fetch, FormData, Headers, Request, Response, CloseEvent, WebSocket, EventSource } = globalThis
const { WebSocketStream, WebSocketError } = globalThis
const setGlobalOrigin = (url) => { globalThis[Symbol.for('undici.globalOrigin.1')] = new URL(url) }`,
  ],
])

const server = fork(join(folder, 'server', 'server.mjs'), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
server.once('message', async ({ server: url }) => {
  const { WPTRunner } = await import(pathToFileURL(runner).href)
  const run = new WPTRunner('fetch', url)
  run.once('completion', () => server.send('shutdown'))
  run.run()
})

/** A copy of a file of the checkout with these places changed. */
function changed(name, path, changes) {
  let text = readFileSync(join(folder, 'runner', name), 'utf8')
  for (const [from, to] of changes) {
    const next = text.replace(from, () => to)
    if (next === text) throw new Error(`${name} has no ${from}: this script knows undici up to 7.15`)
    text = next
  }
  writeFileSync(path, text)
}
