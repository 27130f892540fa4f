// The main job on a fresh checkout: install, build, and run the example task; without a key or a network on simulated
// models, with `-- --live` against OpenAI. Other options go to `sygra run` as they are.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setUp } from './setup.mjs'

setUp()

const root = fileURLToPath(new URL('..', import.meta.url))
const given = process.argv.slice(2)
const isLive = given.includes('--live')
const options = given.filter((option) => option !== '--live')
const records = isGiven(['-n', '--num_records', '--num-records']) ? [] : ['--num_records', '60']
// Enough faults that retries are seen, few enough that it ends soon.
const faults = isGiven(['--simulate-faults', '--simulate_faults']) ? [] : ['--simulate-faults', '0.04']
const mode = isLive ? [] : ['--simulate', ...faults]

const child = spawn(
  process.execPath,
  ['dist/cli/main.js', 'run', '--task', 'examples.code_assistant', ...records, ...mode, ...options],
  { cwd: root, stdio: 'inherit' },
)
// The run handles the signal itself: this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
})

function isGiven(names) {
  return options.some((option) => names.some((name) => option === name || option.startsWith(`${name}=`)))
}
