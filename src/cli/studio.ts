import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { SygraError } from '../errors.ts'
import { serveStudio } from '../studio/server/serve.ts'
import { pageDirectory, studioFiles } from './files/studio-files.ts'
import { parseWholeNumber } from './terminal/option-values.ts'

interface StudioFlags {
  readonly port: number
  readonly open?: boolean
  readonly withOutputs?: boolean
}

/** `sygra studio`: the runs as a page in the browser, until it is interrupted. */
export function studioCommand(): Command {
  return new Command('studio')
    .description('Show the runs under a directory as a page in the browser, on this machine only. Nothing is changed.')
    .argument('[directory]', 'where to look, all the way down; by default tasks, metadata, output and one folder deep')
    .option('--port <number>', 'where to listen on 127.0.0.1; 0: any free port', parseWholeNumber(0), 0)
    .option('--open', 'open the page in the browser')
    .option('--with-outputs', 'show the row of the data and of the output of a record: prompts and answers are in them')
    .action(async (directory: string | undefined, flags: StudioFlags) => {
      await checkDirectory(directory)
      const studio = await serveStudio({
        directory: resolve(directory ?? '.'),
        files: studioFiles(directory, { withOutputs: flags.withOutputs ?? false }),
        pageDirectory,
        port: flags.port,
      })
      process.stdout.write(`The studio is at ${studio.url}; Ctrl-C ends it.\n`)
      if (flags.open) openInBrowser(studio.url)
      await untilSignal()
      await studio.close()
    })
}

async function checkDirectory(directory: string | undefined): Promise<void> {
  if (directory === undefined) return
  const status = await stat(directory).catch(() => undefined)
  if (!status?.isDirectory()) throw new SygraError('not_found', `${directory}: no such directory`)
}

function openInBrowser(url: string): void {
  const [command, ...args] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => process.stderr.write(`sygra: no browser could be opened: go to ${url}\n`))
  child.unref()
}

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
