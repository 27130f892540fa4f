#!/usr/bin/env node
// An older Node cannot even read the other files, so this one imports nothing of them before it has looked at the version.
import module from 'node:module'
import { nodeProblem } from '../needed-node.ts'

const problem = nodeProblem()
if (problem === undefined) {
  // From Node 22 on what was compiled is kept in the folder for temporary files: a command starts in two thirds of the time.
  if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') module.enableCompileCache()
  const { runProgram } = await import('./program.ts')
  await runProgram(process.argv.slice(2))
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}
