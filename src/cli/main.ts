#!/usr/bin/env node
// An older Node cannot even read the other files, so this one imports nothing of them before it has looked at the version.
import { nodeProblem } from '../needed-node.ts'

const problem = nodeProblem()
if (problem === undefined) {
  const { runProgram } = await import('./program.ts')
  await runProgram(process.argv.slice(2))
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}
