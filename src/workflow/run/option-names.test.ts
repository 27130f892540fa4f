import { expect, test } from 'vitest'
import { Workflow } from '../workflow.ts'

test.each([
  ['maxCost', 'run() has no option "maxCost"; did you mean "maxCostUsd"?'],
  ['output_dir', 'run() has no option "output_dir"; did you mean "outputDir"?'],
  ['--max-requests', 'run() has no option "--max-requests"; did you mean "maxRequests"?'],
  ['timeout', 'run() has no option "timeout"; did you mean "timeoutSeconds"?'],
  ['numRecord', 'run() has no option "numRecord"; did you mean "numRecords"?'],
  ['zzz', 'run() has no option "zzz"; expected "numRecords", "startIndex"'],
])('the option %s is refused', async (name, message) => {
  const workflow = new Workflow('misspelt').source([{ id: 'a' }]).lambda(() => ({ done: true }))
  await expect(workflow.run({ [name]: 1 })).rejects.toThrow(message)
})
