#!/usr/bin/env node
// An older Node cannot even read the other files, so this one imports nothing before it has looked at the version.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major > 20 || (major === 20 && minor >= 19)) {
  const { runProgram } = await import('./program.ts')
  await runProgram(process.argv.slice(2))
} else {
  process.stderr.write(`sygra: needs Node 20.19 or newer, and this is ${process.versions.node}: https://nodejs.org\n`)
  process.exitCode = 1
}

export {}
