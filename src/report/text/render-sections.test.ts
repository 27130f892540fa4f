import { expect, test } from 'vitest'
import { renderSections } from './render-sections.ts'
import { type TableSection, tableSection } from './section.ts'
import { textWidth } from './terminal-text.ts'

const table: TableSection = {
  type: 'table',
  title: 'Models',
  columns: [
    { title: 'model', align: 'left' },
    { title: 'cost', align: 'right' },
  ],
  rows: [
    ['日本', '$0.5'],
    ['👩‍💻 dev', { text: '$12.25', tone: 'bad' }],
  ],
}

test('the columns of a table line up, whatever letters stand in them', () => {
  expect(renderSections([table], {})).toBe(
    ['Models', 'model     cost', '─'.repeat(14), '日本      $0.5', '👩‍💻 dev  $12.25', ''].join('\n'),
  )
})

test('colours change no width', () => {
  const plain = renderSections([table], {}).split('\n')
  const colored = renderSections([table], { colors: true }).split('\n')
  expect(colored.map(textWidth)).toEqual(plain.map(textWidth))
  expect(colored.join('')).toContain('\u001b[31m$12.25\u001b[39m')
})

test('a table without rows is its head', () => {
  expect(renderSections([{ ...table, rows: [] }], {})).toBe('Models\nmodel  cost\n───────────\n')
})

const wide: TableSection = {
  type: 'table',
  title: 'Wide',
  columns: [
    { title: 'name', align: 'left' },
    { title: 'much', align: 'left', isWhole: true },
    { title: 'first', align: 'right', dropOrder: 2 },
    { title: 'second', align: 'right', dropOrder: 1 },
  ],
  rows: [['a-rather-long-name', 'whole text', '11', '22']],
}

test('where there is no room names lose their middle, then columns go, and at last each row is a list', () => {
  const linesOf = (columns: number) => renderSections([wide], { columns }).split('\n').slice(1, -1)
  expect(linesOf(0)).toEqual([
    'name                much        first  second',
    '─'.repeat(45),
    'a-rather-long-name  whole text     11      22',
  ])
  expect(linesOf(38)).toEqual([
    'name         much        first  second',
    '─'.repeat(38),
    'a-rat…-name  whole text     11      22',
  ])
  expect(linesOf(30)).toEqual(['name        much        second', '─'.repeat(30), 'a-rat…name  whole text      22'])
  expect(linesOf(22)).toEqual(['name        much', '─'.repeat(22), 'a-rat…name  whole text'])
  expect(linesOf(20)).toEqual(['a-rather-long-name', '  much    whole text', '  first   11', '  second  22'])
})

test('a name that has no room beside its value stands above it', () => {
  const pairs = [['a long name', 'its value'] as const, ['b', 'x'] as const]
  const linesOf = (columns: number) => renderSections([{ type: 'pairs', pairs }], { columns }).split('\n')
  expect(linesOf(22)).toEqual(['a long name  its value', 'b            x', ''])
  expect(linesOf(21)).toEqual(['a long name  its', '             value', 'b            x', ''])
  expect(linesOf(20)).toEqual(['a long name', '  its value', 'b', '  x', ''])
})

test('words of commands are put in place in texts, notes and cells, and not in titles of columns', () => {
  const words = (text: string) => text.replaceAll('sygra', 'npx sygra')
  const section: TableSection = {
    ...wide,
    notes: ['see sygra'],
    rows: [[{ text: 'sygra', tone: 'bad' }, 'sygra', '', '']],
  }
  const text = renderSections([section, { type: 'pairs', title: 'P', pairs: [['sygra', 'sygra']] }], { words })
  expect(text).toContain('see npx sygra\n')
  expect(text).toMatch(/\nnpx sygra +npx sygra/)
  expect(text).toContain('\nsygra  npx sygra\n')
})

test('a column in which nothing is known, or only zeros where these say nothing, is left out', () => {
  const section = tableSection({
    title: 'T',
    rows: [0, 0.5],
    columns: [
      { title: 'unknown', value: () => '–' },
      { title: 'none', value: () => undefined },
      { title: 'zeros', hidesZeros: true, value: () => '0' },
      { title: 'no money', hidesZeros: true, value: () => '$0.00' },
      { title: 'no time', hidesZeros: true, value: () => '0 ms' },
      { title: 'shown zeros', value: () => '0' },
      { title: 'some', hidesZeros: true, value: (row) => (row === 0 ? undefined : String(row)) },
    ],
  })
  expect(section?.columns.map(({ title, align }) => [title, align])).toEqual([
    ['shown zeros', 'right'],
    ['some', 'right'],
  ])
  expect(section?.rows).toEqual([
    ['0', '–'],
    ['0', '0.5'],
  ])
  expect(tableSection({ title: 'T', rows: [], columns: [] })).toBeUndefined()
})
