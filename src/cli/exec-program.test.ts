import { expect, test } from 'vitest'
import { otherRuntimeNote } from './exec-program.ts'

test.each([
  ['bun is not Node', ['bun', 'app.ts']],
  ['deno is not Node', ['/usr/bin/deno', 'run', 'app.ts']],
  ['python is not Node', ['python3.12', 'app.py']],
  ['python is not Node', ['env', 'KEY=1', 'python3', 'app.py']],
])('it is said that %s: %j', (said, command) => {
  expect(otherRuntimeNote(command)).toContain(said)
})

test.each([[['node', 'python.mjs']], [['npm', 'run', 'nightly']], [['./bundle']]])(
  'nothing is said of %j',
  (command) => {
    expect(otherRuntimeNote(command)).toBeUndefined()
  },
)
