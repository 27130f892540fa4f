import { expect, test } from 'vitest'
import { Workflow } from '../../workflow.ts'

test.each([
  ['maxCost', 'run() has no option "maxCost"; did you mean "maxCostUsd"?'],
  ['output_dir', 'run() has no option "output_dir"; did you mean "outputDir"?'],
  ['--max-requests', 'run() has no option "--max-requests"; did you mean "maxRequests"?'],
  ['timeout', 'run() has no option "timeout"; did you mean "timeoutSeconds"?'],
  ['numRecord', 'run() has no option "numRecord"; did you mean "numRecords"?'],
  ['simulateSeed', 'run() has no option "simulateSeed"; settings stand in "simulate": { seed, timeScale,'],
  ['zzz', 'run() has no option "zzz"; expected "numRecords", "startIndex"'],
])('the option %s is refused', async (name, message) => {
  const workflow = new Workflow('misspelt').source([{ id: 'a' }]).lambda(() => ({ done: true }))
  await expect(workflow.run({ [name]: 1 })).rejects.toThrow(message)
})

test.each([
  [{ batchSize: 0 }, 'batchSize: found 0; expected a whole number, 1 or more'],
  [{ numRecords: Number.NaN }, 'numRecords: found NaN; expected a whole number, 0 or more'],
  [{ graceSeconds: -1 }, 'graceSeconds: found -1; expected seconds, 0 or more'],
  [{ runName: 'a/b' }, 'runName: found "a/b"; expected letters, digits'],
  [{ retryFailed: true }, '`retryFailed: true` has no effect without `resume: true`'],
  [{ force: true, resume: false }, '`force: true` has no effect without `resume: true`'],
  [
    { simulate: 'localhost:9' },
    '`simulate: "localhost:9"`: expected an address such as http://127.0.0.1:4010/v1; did you mean "http://localhost:9"?',
  ],
  [{ simulate: 'nowhere' }, '`simulate: "nowhere"`: expected an address such as http://127.0.0.1:4010/v1'],
  [{ simulate: 'http://127.0.0.1:9/v1' }, '`simulate: "http://127.0.0.1:9/v1"`: nothing answers there'],
])('the options %o are refused', async (options, message) => {
  const workflow = new Workflow('misused').source([{ id: 'a' }]).lambda(() => ({ done: true }))
  await expect(workflow.run(options)).rejects.toThrow(message)
})

test.each([
  [null, 'found nothing'],
  ['all', 'found "all"'],
  [[1], 'found a list'],
])('%j is refused in place of options, as JavaScript may give it', async (options, message) => {
  const workflow = new Workflow('misused').source([{ id: 'a' }]).lambda(() => ({ done: true }))
  // @ts-expect-error
  await expect(workflow.run(options)).rejects.toThrow(
    `run() takes its options as an object, such as { numRecords: 10 }; ${message}`,
  )
})

test('a model or data that is none is refused in words, as JavaScript may give it', () => {
  // @ts-expect-error
  expect(() => new Workflow('misused').addLLMNode('ask')).toThrow('expected a model: its name, { name, parameters }')
  // @ts-expect-error
  expect(() => new Workflow('misused').source(5)).toThrow('expected a data source: a path, an array of rows')
})

test('a choice that there is not is refused, with those that there are', async () => {
  const workflow = new Workflow('misused').source([{ id: 'a' }]).lambda(() => ({ done: true }))
  // @ts-expect-error
  await expect(workflow.run({ onLedgerError: 'no' })).rejects.toThrow(
    'onLedgerError: found "no"; expected "continue" or "stop"',
  )
})
