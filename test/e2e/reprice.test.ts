import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repriceRun, writeRepriced } from '../../src/cli/reprice.ts'
import { parseMetadata } from '../../src/metadata/parse.ts'
import { repriceSection } from '../../src/report/runs/reprice-sections.ts'
import { formatExactUsd } from '../../src/report/text/format-values.ts'
import { renderSections } from '../../src/report/text/render-sections.ts'
import { formatLedgerLine } from '../../src/runtime/ledger/ledger-line.ts'
import { sampleEvents, sampleMetadata } from '../helpers/sample-run.ts'

const name = 'examples_code_assistant_2026-11-23_18-19-07'

/** A finished run on the disk, with its ledger or without. */
function storedRun({ hasLedger }: { hasLedger: boolean }): { directory: string; path: string } {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-reprice-'))
  const path = join(directory, `metadata_${name}.json`)
  writeFileSync(path, JSON.stringify(sampleMetadata()))
  const lines = sampleEvents().map((entry, seq) => formatLedgerLine({ seq, atMs: seq, entry }))
  if (hasLedger) writeFileSync(join(directory, `ledger_${name}.jsonl`), lines.join(''))
  return { directory, path }
}

test.each([true, false])('another model is priced class by class (ledger: %s)', async (hasLedger) => {
  const { path } = storedRun({ hasLedger })
  const { rows, source } = await repriceRun(path, { models: new Map([['gpt-4o-mini', 'gpt-4o']]) })
  expect(source).toBe(hasLedger ? 'ledger' : 'file')
  const input = rows.find(({ line }) => line === 'input')
  expect(input?.before?.usdPerMillion).toEqual([0.15])
  expect(input?.after?.usdPerMillion).toEqual([2.5])
  const total = rows.at(-1)
  const lines = rows.filter(({ line }) => line !== undefined)
  expect(total?.after?.usd).toBeCloseTo(
    lines.reduce((sum, { after }) => sum + (after?.usd ?? 0), 0),
    6,
  )
  const section = repriceSection(rows, [])
  expect(section === undefined ? '' : renderSections([section], {})).toMatch(/all models .*\+1,\d{3}%/)
})

test('--write makes a new file that names the original, and leaves the original as it is', async () => {
  const { directory, path } = storedRun({ hasLedger: true })
  const before = readFileSync(path, 'utf8')
  const repriced = await repriceRun(path, { tier: 'batch' })
  const first = await writeRepriced(repriced)
  const second = await writeRepriced(repriced)
  expect(readFileSync(path, 'utf8')).toBe(before)
  expect(readdirSync(directory).sort()).toEqual([
    `ledger_${name}.jsonl`,
    `metadata_${name}.json`,
    `repriced_${name}_1.json`,
    `repriced_${name}_2.json`,
  ])
  expect(second).not.toBe(first)
  const written = parseMetadata(readFileSync(first, 'utf8'), first)
  expect(written.repriced_from).toMatchObject({ file: `metadata_${name}.json`, tier: 'batch' })
  const { cost } = written.aggregate_statistics
  // A batch of gpt-4o-mini has no price for cached input.
  expect(cost.status).toBe('partial')
  expect(written.models['gpt-4o-mini']?.cost.receipt?.[0]?.tier).toBe('batch')
})

test('the difference is shown with all digits, and what was changed is said', async () => {
  const { path } = storedRun({ hasLedger: true })
  const { rows, notes } = await repriceRun(path, { models: new Map([['gpt-4o-mini', 'gpt-4o']]), tier: 'batch' })
  expect(notes).toContain('Now: gpt-4o-mini priced as gpt-4o, in tier batch.')
  const [row] = rows.filter(({ line }) => line === 'output')
  const expected = ((row?.tokens ?? 0) * (5 - 0.6)) / 1e6
  const section = repriceSection(rows, notes)
  expect(section === undefined ? '' : renderSections([section], {})).toContain(`+${formatExactUsd(expected)}`)
})

test('a model that gets no price says why', async () => {
  const { path } = storedRun({ hasLedger: true })
  const { rows } = await repriceRun(path, { models: new Map([['gpt-4o-mini', 'nobody-knows']]) })
  expect(rows.find(({ line }) => line === undefined)?.reason).toMatch(/nobody-knows/)
})

test('a price that rises with the prompt is taken from a file whose prompts cannot reach the step', async () => {
  const { path } = storedRun({ hasLedger: false })
  const { rows } = await repriceRun(path, { models: new Map([['gpt-4o-mini', 'claude-sonnet-4-5']]) })
  expect(rows.at(-1)?.after?.status).toBe('priced')
})

test('a model that the run did not call is refused', async () => {
  const { path } = storedRun({ hasLedger: true })
  await expect(repriceRun(path, { models: new Map([['gpt-9', 'gpt-4o']]) })).rejects.toThrow('it called gpt-4o-mini')
})
