import { expect, test } from 'vitest'
import { renderSections } from './render-sections.ts'
import type { TableSection } from './section.ts'
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
