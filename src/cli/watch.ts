import { Command } from 'commander'
import { SygraError } from '../errors.ts'
import { safeText } from '../report/safe-text.ts'
import { findRun } from './find-run.ts'
import { findMetadataFiles, newestFirst, usualPlaces } from './metadata-files.ts'
import { readRunRows } from './read-run-rows.ts'

interface WatchFlags {
  readonly quiet?: boolean
  readonly json?: boolean
}

/** `sygra watch`: the live view of a run that another process does. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('Watch a run that another process does, until it ends. Ctrl-C ends the watching, not the run.')
    .argument('[run]', 'a metadata or output file, a run id, a task or a directory; the latest running run if left out')
    .option('--quiet', 'only wait for the end')
    .option('--json', 'every event as a line of JSON, those so far first')
    .action(async (run: string | undefined, flags: WatchFlags) => {
      const path = run === undefined ? await runningRun() : await findRun(run, { directory: process.cwd() })
      const { watchRun } = await import('./watch-run.ts')
      const end = await watchRun(path, { isQuiet: flags.quiet === true, isJson: flags.json === true })
      process.stderr.write(`${end.message}\n`)
      if (!end.isGood) process.exitCode = 1
    })
}

async function runningRun(): Promise<string> {
  const files = await newestFirst(await findMetadataFiles(process.cwd(), usualPlaces))
  const { rows } = readRunRows(files)
  const running = rows.find(({ status }) => status === 'running')
  if (running !== undefined) return running.path
  const [latest] = rows
  const instead =
    latest === undefined
      ? 'there are no runs at all'
      : `the latest one, of ${safeText(latest.task)}, is ${latest.status} (sygra show)`
  throw new SygraError('not_found', `no run is going on in ${process.cwd()}: ${instead}`)
}
