// Runs the built command line once for each list of arguments, in this one process and in this folder, and prints a line of JSON
// for each: {"code":0,"stdout":"…","stderr":"…"}. Starting a process is most of what a command takes.
//   node cli-in-turn.mjs '[["runs"],["doctor","--json"]]'
import { pathToFileURL } from 'node:url'

const main = pathToFileURL(`${import.meta.dirname}/../../dist/cli/main.js`)
const print = process.stdout.write.bind(process.stdout)
process.stdout.setMaxListeners(0)
process.stderr.setMaxListeners(0)

for (const [index, args] of JSON.parse(process.argv[2]).entries()) {
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    process[name].write = (chunk, ...rest) => {
      written[name] += String(chunk)
      rest.findLast((one) => typeof one === 'function')?.()
      return true
    }
  }
  // What another command has learnt of secrets, a process of its own would not know.
  delete globalThis[Symbol.for('sygra.known-secrets.1')]
  process.exitCode = 0
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args)
  await import(`${main}?${index}`)
  print(`${JSON.stringify({ code: process.exitCode, ...written })}\n`)
}
process.exitCode = 0
