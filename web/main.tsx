import { render } from 'preact'
import { App } from './shell/app.tsx'
import { readEmbeddedReport } from './source/embedded-report.ts'
import { createEmbeddedSource } from './source/embedded-source.ts'
import { serverSource } from './source/server-source.ts'

const root = document.getElementById('app')
const report = readEmbeddedReport()
const source = report === undefined ? serverSource : createEmbeddedSource(report)
if (root !== null) render(<App source={source} />, root)
