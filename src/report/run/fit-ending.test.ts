import { expect, test } from 'vitest'
import type { PairsSection } from '../text/section.ts'
import { fitEnding } from './fit-ending.ts'

/** Names of four letters, so that values have 20 of 26 columns. */
const section = (...pairs: PairsSection['pairs']): PairsSection => ({ type: 'pairs', title: 'a run', pairs })

const fitted = (maxLines: number, ...pairs: PairsSection['pairs']) =>
  fitEnding(section(...pairs), { columns: 26, maxLines }).pairs

test('what fits stays as it is, and longer values are cut to two lines', () => {
  expect(fitted(9, ['cost', '$1'])).toEqual([['cost', '$1']])
  const long = 'one two three four five six seven eight nine ten eleven twelve'
  expect(fitted(9, ['note', { text: long, tone: 'bad' }])).toEqual([
    ['note', { text: 'one two three four five six seven eigh…', tone: 'bad' }],
  ])
})

test('where there is no room the least needed goes first, and at last each value has one line', () => {
  const pairs: PairsSection['pairs'] = [
    ['cost', '$1'],
    ['time', '9 s'],
    ['requests', '4'],
    ['models', 'gpt-4o'],
    ['tools', 'search'],
  ]
  const names = (maxLines: number) =>
    fitEnding(section(...pairs), { columns: 60, maxLines }).pairs.map(([name]) => name)
  expect(names(6)).toEqual(['cost', 'time', 'requests', 'models', 'tools'])
  expect(names(5)).toEqual(['cost', 'time', 'requests', 'models'])
  expect(names(4)).toEqual(['cost', 'time', 'requests'])
  expect(names(3)).toEqual(['cost', 'requests'])
  expect(names(2)).toEqual(['cost'])
  const two = 'one two three four five six seven'
  expect(fitted(3, ['cost', two], ['note', '1'])).toEqual([
    ['cost', 'one two three four…'],
    ['note', '1'],
  ])
  expect(fitted(4, ['cost', two], ['note', '1'])).toEqual([
    ['cost', two],
    ['note', '1'],
  ])
})

test('where names alone fill the screen nothing is cut', () => {
  const whole = section(['cost', 'x'.repeat(99)])
  expect(fitEnding(whole, { columns: 6, maxLines: 1 })).toBe(whole)
  expect(fitEnding(whole, { columns: 7, maxLines: 1 })).not.toBe(whole)
})
