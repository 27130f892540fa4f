import { expect, test } from 'vitest'
import { resumeCommandOf } from './next-steps.ts'

test.each([
  [['run', '-t', 'a', '-n', '3'], 'sygra run -t a -n 3 --resume True'],
  [['run', '-t', 'a', '-r', 'True', '-n', '3'], 'sygra run -t a -n 3 --resume True'],
  [['run', '--resume', '-t', 'a b'], "sygra run -t 'a b' --resume True"],
  [['run', '--resume=False', '-t', "it's"], "sygra run -t 'it'\\''s' --resume True"],
  [['run', '-t', 'a', '--force', '--retry-failed'], 'sygra run -t a --resume True'],
])('%j goes on with: %s', (args, command) => {
  expect(resumeCommandOf(args)).toBe(command)
})

test.each([
  [['run', '-t', 'a', '--max-cost', '3'], 'sygra run -t a --max-cost=MORE --resume True'],
  [['run', '--max_cost=3', '-t', 'a'], 'sygra run -t a --max-cost=MORE --resume True'],
  [['run', '-t', 'a'], 'sygra run -t a --max-cost=MORE --resume True'],
])('%j goes on after a limit with: %s', (args, command) => {
  expect(resumeCommandOf(args, [], '--max-cost')).toBe(command)
})
