import { expect, test } from 'vitest'
import { goOnCommand } from './pilot.ts'

test.each([
  [['estimate', '-t', 'a', '--pilot', '20'], 'sygra run -t a --resume'],
  [['estimate', '-t', 'a', '--pilot=20', '-n', '500', '--simulate'], 'sygra run -t a -n 500 --simulate --resume'],
  [['estimate', '--json', '-t', 'a', '--max-cost', '1', '--pilot', '5', '-b', '9'], 'sygra run -t a -b 9 --resume'],
])('the pilot of %j goes on with: %s', (args, command) => {
  expect(goOnCommand(args, 'sygra')).toBe(command)
})
