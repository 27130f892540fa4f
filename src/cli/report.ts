import { writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Command } from 'commander'
import { messageOf, SygraError } from '../errors.ts'
import { formatBytes } from '../report/text/format-values.ts'
import { nowMs } from '../runtime/clock.ts'
import { readAssets } from '../studio/assets.ts'
import { collectReport } from '../studio/report/collect-report.ts'
import type { EmbeddedReport } from '../studio/report/embedded-report.ts'
import { mostReportBytes, renderReportHtml } from '../studio/report/report-html.ts'
import { RunStore } from '../studio/run-store.ts'
import { findRun } from './files/find-run.ts'
import { pageDirectory, studioFiles } from './files/studio-files.ts'

/** `sygra report`: a run as one file, to send to somebody. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Write a run as one HTML file that needs nothing else: the page of the studio with the data inside.')
    .argument('[run]', 'a metadata or output file, a run id or name, a task or a directory; the latest run if left out')
    .requiredOption('--html <file>', 'where to write it')
    .action(async (run: string | undefined, { html: file }: { readonly html: string }) => {
      const path = await findRun(run, { directory: process.cwd() })
      const text = await reportOf(path)
      try {
        await writeFile(file, text)
      } catch (error) {
        throw new SygraError('not_writable', `${file}: cannot be written: ${messageOf(error)}`, { cause: error })
      }
      process.stdout.write(`${file}: ${formatBytes(Buffer.byteLength(text))}\n`)
    })
}

async function reportOf(path: string): Promise<string> {
  const directory = dirname(path)
  const store = new RunStore({ directory, files: studioFiles(directory), nowMs })
  const assets = await readAssets(pageDirectory)
  const fits = (report: EmbeddedReport) => Buffer.byteLength(renderReportHtml(report, assets)) <= mostReportBytes
  const report = await collectReport(store, basename(path), fits).catch((error: unknown) => {
    if (error instanceof SygraError) throw error
    throw new SygraError('bad_metadata', messageOf(error), { cause: error })
  })
  return renderReportHtml(report, assets)
}
