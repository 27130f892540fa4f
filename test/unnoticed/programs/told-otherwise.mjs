// Node is told what changes its ground: each with a process of its own.
import { spawn } from 'node:child_process'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { post, question, tell, url } from '../ask.mjs'

const [major = 0] = process.versions.node.split('.').map(Number)
const preload = (name) => fileURLToPath(new URL(`../preloads/${name}.cjs`, import.meta.url))
const permission = major < 23 ? '--experimental-permission' : '--permission'
const net = major >= 25 ? ['--allow-net'] : []
const ways = [
  ['--disable-proto=delete'],
  ['--disable-proto=throw'],
  ['--throw-deprecation', '--pending-deprecation'],
  ['--unhandled-rejections=strict', '--stack-size=200'],
  // No process may be started.
  [permission, ...net, '--allow-fs-read=*', '--allow-fs-write=*'],
  ...(major < 22 ? [['--no-experimental-fetch']] : []),
  ['--require', preload('frozen')],
  ['--require', preload('gone')],
]

if (process.argv[2] === undefined) {
  const self = fileURLToPath(import.meta.url)
  for (const flags of ways) {
    const child = spawn(process.execPath, [...flags, self, 'ask'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece) => {
        text += piece
      })
    }
    const code = await new Promise((done) => child.on('close', done))
    console.log(flags.map((flag) => flag.split('/').at(-1)).join(' '), code, text.replace(/\(node:\d+\)/g, ''))
  }
} else {
  await tell('fetch', async () => (await (await fetch(url(), post())).json()).id)
  await tell('a stream', async () => (await (await fetch(url('stream'), post())).text()).length)
  await tell(
    'http',
    () =>
      new Promise((done) =>
        http.request(url(), { method: 'POST' }, (answer) => done(answer.resume().statusCode)).end(question),
      ),
  )
}
