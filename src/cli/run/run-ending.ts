import { messageOf } from '../../errors.ts'
import { allFailed, renderRunEnding } from '../../report/run/run-ending.ts'
import { formatQuantity } from '../../report/text/format-values.ts'
import { redactLongText } from '../../runtime/redact.ts'
import { isNo } from '../../runtime/settings.ts'
import type { WorkflowDefinition } from '../../workflow/define-workflow.ts'
import { limitKeyOf } from '../../workflow/limits/run-limits.ts'
import { failuresPathOf } from '../../workflow/run/run-files.ts'
import type { RunOptions, RunResult, StopReason } from '../../workflow/run/run-options.ts'
import { previousRun } from '../files/previous-run.ts'
import { commandLine, resumeCommandOf, runReference } from '../terminal/command-line.ts'
import { note, prose, renderOptions } from '../terminal/terminal.ts'
import { flagOf } from '../terminal/typed-words.ts'
import { stoppedExitCode } from './run-signals.ts'

/** How a run ended for the command line that started it. */
interface EndedRun {
  readonly definition: WorkflowDefinition
  /** 128 and its number, where a signal stopped it. */
  readonly signalCode: number | undefined
  /** What happened is told, and not only where its files are. */
  readonly isShown: boolean
  readonly arePathsShown: boolean
  readonly hasFiles: boolean
  /** How many records the data has, where that is known. */
  readonly sourceCount: number | undefined
}

/** The end of a run is seen whole on a screen of 24 lines, below the command and above the prompt. */
const maxLines = 20

const everyRecordFailed = 6

/** Says what happened, where the files are and what to do next, on no more lines than a small screen has. */
export function printEnding(result: RunResult, ended: EndedRun): void {
  const { metadata, failures } = result
  const { isShown, hasFiles, sourceCount } = ended
  const paths = ended.arePathsShown ? pathLines(result) : []
  const hint = nextStep(result, ended)
  if (isShown && metadata !== null) {
    const reasons = failures.map(({ error }) => redactLongText(messageOf(error), 4_096).split('\n')[0] ?? '')
    // Where the rows are the output, what is said of the run stands beside it.
    const screen = hasFiles ? process.stdout : process.stderr
    const below = [...paths, ...(paths.length > 0 ? [''] : []), ...prose(hint, screen).split('\n')]
    const left = maxLines - below.reduce((sum, line) => sum + linesOn(screen, line), 0)
    const { metadataPath } = result
    const previous = metadataPath === null ? undefined : previousRun(metadataPath, metadata)
    const known = previous === undefined ? {} : { previous }
    const text = renderRunEnding(
      { metadata, reasons, sourceCount, ...known },
      { ...renderOptions(screen), maxLines: left },
    )
    screen.write(`${text}${paths.length > 0 ? '\n' : ''}`)
  }
  for (const line of paths) process.stdout.write(`${line}\n`)
  note(hint)
}

/** The exit code of a run, see docs/cli.md. A job in which nothing succeeded is not green. */
export function exitCodeOf(
  { status, stopped, metadata }: RunResult,
  signalCode: number | undefined,
): number | undefined {
  if (status === 'interrupted') return signalCode ?? stoppedExitCode(stopped)
  if (stopped !== undefined) return stoppedExitCode(stopped)
  return metadata !== null && allFailed(metadata) ? everyRecordFailed : undefined
}

/** What to do next, its command alone on its line; empty where there is nothing to say. */
function nextStep(result: RunResult, { definition, isShown, arePathsShown }: EndedRun): string {
  const { status, stopped, isResumable, outputPath, metadata, metadataPath, runId } = result
  if (status === 'interrupted') {
    const extra = stopped?.type === 'model-down' ? ['--retry-failed'] : []
    const hint = isResumable
      ? goOn(resumeCommandOf(process.argv.slice(2), { extra, raised: raisedLimit(stopped, definition) }))
      : outputPath === null
        ? nothingKept
        : cannotGoOn
    // The ending that is shown has said why.
    return isShown && metadata !== null
      ? `\n${hint}`
      : `Stopped before the end: ${stopped?.message ?? 'it was given up'}. ${hint}`
  }
  const again =
    metadataPath === null ? undefined : resumeCommandOf(process.argv.slice(2), { extra: ['--retry-failed'] })
  const gap = isShown ? '\n' : ''
  if (stopped !== undefined) {
    return `${gap}${stopped.message}.${again === undefined ? '' : ` To do those again:\n  ${again}`}`
  }
  if (metadata !== null && allFailed(metadata)) {
    const when = again === undefined ? '' : ` When the reason is mended, do them again:\n  ${again}`
    return `${gap}Every record failed.${when}`
  }
  if (!isShown || !arePathsShown || metadataPath === null) return ''
  return `\nMore of it:\n  ${commandLine(['show', runReference({ path: metadataPath, runId })])}`
}

/** How to go on with a run whose process ends in the middle of it. */
export function resumeHint({ ledger, disableMetadata, output }: RunOptions): string {
  if (output === false) return nothingKept
  const isKept = ledger !== false && disableMetadata !== true && !isNo(process.env.SYGRA_LEDGER)
  return isKept ? goOn(resumeCommandOf(process.argv.slice(2))) : cannotGoOn
}

const cannotGoOn = 'What was done is kept. There is no ledger, so it cannot be resumed.'
const nothingKept = 'It writes no files, so it cannot be resumed.'

function goOn(command: string): string {
  return `What was done is kept. To go on:\n  ${command}`
}

/** The limit that must be higher for the run to go on, with what the task says of it. */
function raisedLimit(stopped: StopReason | undefined, { config: { limits = {} } }: WorkflowDefinition) {
  if (stopped?.option === undefined) return undefined
  const value = limits[limitKeyOf(stopped.option)]
  return { option: flagOf(stopped.option), value: value === undefined ? undefined : String(value) }
}

// Paths are not broken into lines, so that they can be copied.
function pathLines({ outputPath, processedPaths, metadataPath, failures }: RunResult): readonly string[] {
  if (outputPath === null) return []
  const [processed] = processedPaths
  const whole =
    processedPaths.length > 1
      ? `${formatQuantity(processedPaths.length, 'file')} of graph_post_process beside it`
      : processed
  return [
    `Output:   ${outputPath}`,
    ...(whole === undefined ? [] : [`          ${whole}`]),
    ...(failures.length > 0 ? [`Failed:   ${failuresPathOf(outputPath)}`] : []),
    ...(metadataPath === null ? [] : [`Metadata: ${metadataPath}`]),
  ]
}

function linesOn({ columns = 0 }: { readonly columns?: number }, line: string): number {
  return columns > 0 ? Math.max(1, Math.ceil(line.length / columns)) : 1
}
