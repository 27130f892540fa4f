import { expect, test } from 'vitest'
import { taskDirectory } from './run-names.ts'

test.each([
  ['examples.demo', 'tasks/examples/demo'],
  ['tasks.examples.demo', 'tasks/examples/demo'],
  ['./demo', './demo'],
  ['/data/demo', '/data/demo'],
  ['.', '.'],
  ['..', '..'],
])('the folder of the task %s is %s', (task, directory) => {
  expect(taskDirectory(task)).toBe(directory)
})
