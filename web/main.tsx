import { render } from 'preact'
import { App } from './shell/app.tsx'
import { readEmbeddedReport } from './source/embedded-report.ts'
import { createEmbeddedSource } from './source/embedded-source.ts'
import { createServerSource } from './source/server-source.ts'

const root = document.getElementById('app')
const report = await readEmbeddedReport()
const source = report === undefined ? createServerSource() : createEmbeddedSource(report)
if (root !== null) render(<App source={source} />, root)
