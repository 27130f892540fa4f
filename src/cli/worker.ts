import { Command } from 'commander'
import { startWorker } from '../load-workers.ts'
import { onStopSignals } from './run/run-signals.ts'
import { parseNumber, parseWholeNumber } from './terminal/option-values.ts'
import { note } from './terminal/terminal.ts'

interface WorkerFlags {
  readonly concurrency: number
  readonly grace: number
  readonly spool?: string
}

/** `sygra worker`: does records of runs that wait at a Redis. */
export function workerCommand(): Command {
  return new Command('worker')
    .description(
      'Do records of runs that were started elsewhere with --workers redis://…, of tasks that this folder has.',
    )
    .argument('<redis>', 'redis://HOST:PORT, rediss:// for TLS, or redis for what SYGRA_REDIS_URL says')
    .option('-c, --concurrency <number>', 'how many records are in work at once, for each run', parseWholeNumber(1), 25)
    .option('--grace <seconds>', 'after Ctrl-C: how long records in work may take', parseNumber(0), 30)
    .option('--spool <folder>', 'where is kept what no run can be told while it is gone; .sygra/spool by default')
    .action(async (redis: string, { concurrency, grace, spool }: WorkerFlags) => {
      const worker = await startWorker({ redis, concurrency, graceSeconds: grace, spool, onNotice: note })
      note(`Waiting for runs, ${concurrency} records at once for each; Ctrl-C to leave`)
      await new Promise<void>((resolve, reject) => {
        const leave = (exitCode: number, what: string) => {
          note(what)
          process.exitCode = exitCode
          worker.stop().then(resolve, reject)
        }
        onStopSignals({
          onFirst: ({ signal, exitCode }) =>
            leave(exitCode, `Taking nothing more; what is in work may take ${grace} s. ${signal} again gives it up`),
          onAgain: ({ exitCode }) => leave(exitCode, 'Giving up what is in work'),
        })
      })
      process.exit()
    })
}
