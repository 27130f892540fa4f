import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { kinds, type Member } from './kinds.ts'
import { reports } from './reports.ts'
import { reportsOfShapes } from './reports-of-shapes.ts'
import { reportsOfSilence } from './reports-of-silence.ts'
import { truths } from './truth.ts'

const ofTruths = new Set(truths.map(({ what }) => what))
const ofReports = new Set(
  [reports, reportsOfShapes, reportsOfSilence].flatMap((table) => Object.values(table).flat()).map(({ what }) => what),
)

function isTested(member: Member): boolean {
  if ('truth' in member) return ofTruths.has(member.truth)
  if ('report' in member) return ofReports.has(member.report)
  return readFileSync(member.file, 'utf8').includes(member.text)
}

test.each(kinds)('$number, $kind: the case and at least two others of its kind are tested', ({ members }) => {
  expect(members.filter((member) => !isTested(member))).toEqual([])
  expect(members.length).toBeGreaterThanOrEqual(3)
})

test('there is a kind for each case', () => {
  expect(new Set(kinds.map(({ number }) => number)).size).toBe(25)
})
