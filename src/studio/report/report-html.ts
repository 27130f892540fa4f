import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { SygraError } from '../../errors.ts'
import type { Assets } from '../assets.ts'
import type { EmbeddedReport } from './embedded-report.ts'

/** What goes by mail and into a chat without a thought. */
export const mostReportBytes = 500_000

/**
 * The page of one run with its data inside: one file that needs no server and asks for nothing. Its policy lets the one
 * script and the one style sheet in it run, and nothing else. The data can be read in the file as they are; where that would
 * make it large, they are packed.
 *
 * @throws SygraError `not_found` when the page has no script or no style sheet.
 */
export function renderReportHtml(report: EmbeddedReport, assets: Assets): string {
  const script = safeScript(textOf(assets, '.js'))
  const style = textOf(assets, '.css')
  const policy = `default-src 'none'; script-src '${digestOf(script)}'; style-src '${digestOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`
  const [before, after] = pageAround({ title: report.run.row.task, policy, style, script })
  const plain = safeJson(report)
  const roomBytes = mostReportBytes - Buffer.byteLength(before) - Buffer.byteLength(after)
  const isPacked = Buffer.byteLength(plain) > roomBytes - 100
  const data = isPacked ? deflateRawSync(JSON.stringify(report)).toString('base64') : plain
  const type = isPacked ? 'text/plain' : 'application/json'
  return `${before}<script type="${type}" id="report-data">${data}</script>${after}`
}

/** What stands before the data, and what stands behind them. */
function pageAround({
  title,
  policy,
  style,
  script,
}: {
  readonly title: string
  readonly policy: string
  readonly style: string
  readonly script: string
}): [before: string, after: string] {
  const before = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
`
  const after = `
<script type="module">${script}</script>
</body>
</html>
`
  return [before, after]
}

function textOf(assets: Assets, extension: string): string {
  const [, asset] = [...assets].find(([name]) => name.endsWith(extension)) ?? []
  if (asset === undefined)
    throw new SygraError('not_found', `the page of the studio has no ${extension} file: build it anew`)
  return new TextDecoder().decode(asset.body)
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

// Whatever a run's file says, it must not end the element that it stands in.
function safeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function safeScript(script: string): string {
  return script.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--')
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
