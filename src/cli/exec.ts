import { Command } from 'commander'
import { parseWholeNumber } from './terminal/option-values.ts'

/** What `sygra exec` was given. */
export interface ExecFlags {
  readonly task?: string
  readonly outputDir?: string
  readonly includeUsage?: boolean
  readonly quiet?: boolean
  readonly metricsPort?: number
  readonly otel?: boolean
  readonly traceparent?: boolean
}

/** `sygra exec`: any Node program, watched without a change to it. */
export function execCommand(): Command {
  return new Command('exec')
    .description('Run a Node program as it is, and account for every call it makes to a model.')
    .usage('[options] -- <command> [arguments...]')
    .argument('<command...>', 'the program and its arguments, after "--": node app.js --its-own-option')
    .option('-t, --task <name>', "the name in the account; the program's file name by default")
    .option('--output-dir <path>', 'where the account goes, below metadata/; the working directory by default (-od)')
    .option('--include-usage', 'ask for the usage of streams of chats, which without it tell no tokens')
    .option('--quiet', 'no tables at the end')
    .option(
      '--metrics-port <number>',
      'figures for Prometheus at 127.0.0.1:<number>/metrics while it runs; 0: any free port',
      parseWholeNumber(0),
    )
    .option('--otel', 'spans and metrics to OpenTelemetry: OTEL_EXPORTER_OTLP_ENDPOINT, or http://localhost:4318')
    .option('--traceparent', 'sends a traceparent along with each call to a model that has none')
    .action(async (command: string[], flags: ExecFlags) => {
      const { execProgram } = await import('./exec-program.ts')
      await execProgram(command, flags)
    })
}
