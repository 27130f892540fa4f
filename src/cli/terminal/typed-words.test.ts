import { expect, test } from 'vitest'
import { asTyped, flagOf } from './typed-words.ts'

test.each([
  ['run with `simulate: true`', 'run with --simulate'],
  ['A higher `maxCostUsd` lets it go on', 'A higher --max-cost lets it go on'],
  ['start anew with `resume: false`', 'start anew with --resume False'],
  ['without this check: `checkModels: false`', 'without this check: --no-check-models'],
  ['no files: `output: false`', 'no files: --no-output'],
  ['leave them out with `onBadRecord: "skip"`', 'leave them out with --on-bad-record skip'],
  ['`simulate: "http://127.0.0.1:9/v1"`: nothing', '--simulate http://127.0.0.1:9/v1: nothing'],
  ['see `sygra show 1234abcd`', 'see npx sygra show 1234abcd'],
  ['a row of `names` and `x: 1`, `sygra`', 'a row of `names` and `x: 1`, `sygra`'],
])('%s is typed as %s', (text, typed) => {
  expect(asTyped(text, 'npx sygra')).toBe(typed)
})

test('limits have their own flags, everything else its name with hyphens', () => {
  expect(['maxCostUsd', 'timeoutSeconds', 'graceSeconds', 'outputDir', 'numRecords'].map(flagOf)).toEqual([
    '--max-cost',
    '--timeout',
    '--grace',
    '--output-dir',
    '--num-records',
  ])
})
