// Runs the built command line in this one process for one command after the other: starting a process is most of what a command
// takes. Each comes as a message, a list of arguments with its folder, its environment and the file of the command line, and is
// answered by what it wrote and the code it ended with. With a list of lists of arguments it runs them here, and prints a line of
// JSON for each; in a terminal they write there themselves. What a program writes that a command starts is not caught.
//   node cli-in-turn.mjs '[["runs"],["doctor","--json"]]'
import { pathToFileURL } from 'node:url'

const built = `${import.meta.dirname}/../../dist/cli/main.js`
const print = process.stdout.write.bind(process.stdout)
process.stdout.setMaxListeners(0)
process.stderr.setMaxListeners(0)
const isTerminal = process.stdout.isTTY === true
let count = 0

async function run(args, main = built) {
  const written = { stdout: '', stderr: '' }
  for (const name of isTerminal ? [] : ['stdout', 'stderr']) {
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
  count += 1
  await import(`${pathToFileURL(main)}?${count}`)
  return { code: process.exitCode ?? 0, ...written }
}

if (process.argv[2] === undefined) {
  process.on('message', async ({ args, directory, environment, main }) => {
    process.chdir(directory)
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
    Object.assign(process.env, environment)
    process.send(await run(args, main))
  })
} else {
  let firstFault = 0
  for (const args of JSON.parse(process.argv[2])) {
    const result = await run(args)
    if (isTerminal) firstFault ||= result.code
    else print(`${JSON.stringify(result)}\n`)
  }
  process.exitCode = firstFault
}
