import { createHash } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { RunRow } from '../../report/runs/run-row.ts'
import { renderReportHtml } from './report-html.ts'

const hostile = '</script><script>alert(1)</script><!--'

function assetOf(text: string) {
  return { body: new TextEncoder().encode(text), contentType: '' }
}

const extent = { listed: 1, detailed: 1, named: 1, spans: 1 }

const row: RunRow = {
  path: 'metadata_x.json',
  task: hostile,
  status: 'complete',
  startedAtMs: 0,
  records: 0,
  failedRecords: 0,
  successRate: 1,
  requests: 0,
  totalTokens: 0,
  cost: { total_cost_usd: 0 },
}

test('a report holds its data, its script and its style, and lets nothing else run', () => {
  const run = { row, metadata: sampleMetadata({ taskName: hostile }), verdict: [], next: { steps: [] } }
  const html = renderReportHtml(
    { run, extent, parts: {}, details: [], waste: [] },
    new Map([
      ['assets/index.js', assetOf('console.log("</script>")')],
      ['assets/index.css', assetOf('body{}')],
    ]),
  )
  expect(html.match(/<script/g)).toHaveLength(2)
  expect(html.match(/<\/script>/g)).toHaveLength(2)
  expect(html).not.toContain('<script>alert')
  const [, script = ''] = /<script type="module">([\s\S]*?)<\/script>/.exec(html) ?? []
  expect(html).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  const [, data = ''] = /id="report-data">([\s\S]*?)<\/script>/.exec(html) ?? []
  expect(JSON.parse(data).run.row.task).toBe(hostile)
})

test('the data of a large report are packed', () => {
  const run = { row, metadata: sampleMetadata(), verdict: [], next: { steps: [] } }
  const assets = new Map([
    ['assets/index.js', assetOf('0')],
    ['assets/index.css', assetOf('body{}')],
  ])
  const record = {
    recordId: 'x'.repeat(600_000),
    requests: 1,
    retries: 0,
    failedAttempts: 0,
    truncated: 0,
    cost: row.cost,
  }
  const html = renderReportHtml({ run, extent, parts: {}, waste: [], details: [], records: [record] }, assets)
  expect(html.length).toBeLessThan(20_000)
  const [, data = ''] = /<script type="text\/plain" id="report-data">([\w+/=]*)<\/script>/.exec(html) ?? []
  expect(JSON.parse(inflateRawSync(Buffer.from(data, 'base64')).toString()).records).toEqual([record])
})

test('without a built page there is no report', () => {
  const run = { row, metadata: sampleMetadata(), verdict: [], next: { steps: [] } }
  expect(() => renderReportHtml({ run, extent, parts: {}, details: [], waste: [] }, new Map())).toThrow('build it anew')
})
