import { createHash } from 'node:crypto'
import { SygraError } from '../errors.ts'
import type { Assets } from './assets.ts'
import type { EmbeddedReport } from './embedded-report.ts'

/**
 * The page of one run with its data inside: one file that needs no server and asks for nothing. Its policy lets the one
 * script and the one style sheet in it run, and nothing else.
 *
 * @throws SygraError `not_found` when the page has no script or no style sheet.
 */
export function renderReportHtml(report: EmbeddedReport, assets: Assets): string {
  const script = safeScript(textOf(assets, '.js'))
  const style = textOf(assets, '.css')
  const policy = `default-src 'none'; script-src '${digestOf(script)}'; style-src '${digestOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(report.run.row.task)}</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="report-data">${safeJson(report)}</script>
<script type="module">${script}</script>
</body>
</html>
`
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
