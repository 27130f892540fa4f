import { messageOf } from '../../errors.ts'
import { isAbort } from '../../instrument/attempt/error-type.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { formatCount, formatQuantity } from '../../report/text/format-values.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { redactText } from '../../runtime/redact.ts'
import type { RunResult } from '../../workflow/run/run-options.ts'
import { createLiveProgress, type Progress } from '../terminal/progress.ts'
import { note, prose } from '../terminal/terminal.ts'
import { announceMetrics } from './metrics-server.ts'
import { exitCodeOf, printEnding, resumeHint } from './run-ending.ts'
import { checkFlags, type RunFlags, runOptionsOf } from './run-flags.ts'
import { withResume } from './run-resume.ts'
import { listenForSignals } from './run-signals.ts'

// See docs/reliability.md.
const failed = 1

/** Runs a task with its progress on the standard error and its tables on the standard output. */
export async function runTask(flags: RunFlags): Promise<void> {
  checkFlags(flags)
  if (flags.otel) process.env.SYGRA_OTEL = '1'
  if (flags.traceparent) process.env.SYGRA_TRACEPARENT = '1'
  const { loadWholeTask } = await import('../../workflow/load-whole-task.ts')
  const { runWorkflow } = await import('../../workflow/run/run-workflow.ts')
  const wanted = runOptionsOf(flags)
  const definition = await loadWholeTask(flags.task, {
    sourcePath: flags.source,
    needsKeys: wanted.simulate === false,
  })
  const options = await withResume(wanted, { flags, definition })
  let progress: Progress | undefined
  let saveNow: ((reason: string) => void) | undefined
  let sourceCount: number | undefined
  let running: Pick<MetadataCollector, 'getMetadataSummary'> | undefined
  const metrics = await announceMetrics(flags.metricsPort, () =>
    running === undefined ? [] : [running.getMetadataSummary()],
  )
  const inWork = new RecordsInWork()
  const say = (text: string) =>
    progress === undefined ? note(text) : progress.note(redactText(prose(text, process.stderr)))
  const signals = listenForSignals({
    rowsTo: flags.output ? undefined : process.stdout,
    onFirst: (signal) => say(stoppingNote(signal, inWork.count, flags)),
    saveNow: (reason) => {
      progress?.stop()
      saveNow?.(reason)
      note(saveNow === undefined ? 'Stopped before it began.' : `Stopped at once. ${resumeHint(options)}`)
    },
  })
  const onExit = (code: number) => {
    progress?.stop()
    note(`sygra: the process ended in the middle of the run. ${resumeHint(options)}`)
    if (code === 0) process.exitCode = failed
  }
  const stopListening = endOnUncaught({
    isDebug: flags.debug,
    onEnd: () => {
      progress?.stop()
      progress = undefined
    },
  })
  let result: RunResult
  try {
    result = await runWorkflow(definition, {
      ...options,
      stop: signals.stop,
      onNotice: say,
      onWorkerLine: (line, { worker, stream }) => {
        // The standard output of a run may be a stream of JSON.
        if (stream === 'stdout' && flags.json !== true && progress === undefined)
          process.stdout.write(`[${worker}] ${line}\n`)
        else say(`[${worker}] ${line}`)
      },
      onEvent: (event) => inWork.take(event),
      onStart: ({ collector, recordCount, runningRequests, ...start }) => {
        sourceCount = start.sourceCount
        running = collector
        saveNow = (reason) => {
          process.off('exit', onExit)
          start.saveNow(reason)
        }
        process.on('exit', onExit)
        if (start.doneBefore > 0) note(`Going on behind ${start.doneBefore} records that are done.`)
        if (recordCount !== undefined) note(partNote({ recordCount, sourceCount, flags }))
        // Progress is drawn from events, and there are none when metadata is off.
        const isQuiet = flags.quiet === true || !collector.isEnabled()
        const isJson = flags.json === true
        // The view begins with this session, so it counts what this session has to do.
        const totalRecords = recordCount === undefined ? undefined : Math.max(0, recordCount - start.doneBefore)
        const live = { totalRecords, runningRequests, isQuiet, isJson, collector }
        progress = createLiveProgress({ stream: process.stderr, ...live })
      },
    })
  } catch (error) {
    const signalCode = signals.exitCode()
    if (saveNow === undefined && signalCode !== undefined && isAbort(error)) {
      note('Stopped before it began.')
      process.exitCode = signalCode
      return
    }
    if (saveNow !== undefined) note(`The run cannot go on. ${resumeHint(options)}`)
    throw error
  } finally {
    process.off('exit', onExit)
    stopListening()
    signals.dispose()
    progress?.stop()
    await metrics?.close()
  }
  const signalCode = signals.exitCode()
  const ending = {
    isShown: flags.quiet !== true && flags.json !== true,
    hasFiles: flags.output,
    definition,
    signalCode,
  }
  printEnding(result, {
    ...ending,
    arePathsShown: flags.json !== true,
    sourceCount: flags.startIndex === 0 ? sourceCount : undefined,
  })
  process.exitCode = exitCodeOf(result, signalCode)
  // Work that was given up and does not end must not hold the process.
  if (result.status === 'interrupted') setTimeout(() => process.exit(), 500).unref()
}

function stoppingNote(signal: string, records: number, { grace }: RunFlags): string {
  const what = records > 0 ? `${formatQuantity(records, 'record')} in work may finish` : 'what is in work may finish'
  if (signal === 'SIGPIPE')
    return `Stopping: nobody reads the rows any more, so no more records are taken; ${what}. Ctrl-C stops at once.`
  const again = signal === 'SIGINT' ? 'Ctrl-C again' : 'Once more'
  return `Stopping (${signal}): no more records are taken; ${what}, which takes at most ${grace} s. ${again} stops at once.`
}

/** Said when the run takes a part of its data that nobody asked for; empty otherwise. */
function partNote(run: {
  readonly recordCount: number
  readonly sourceCount: number | undefined
  readonly flags: RunFlags
}): string {
  const { recordCount, sourceCount, flags } = run
  if (sourceCount === undefined || sourceCount <= recordCount || flags.quiet || flags.given.has('numRecords')) return ''
  return `${formatCount(recordCount)} of ${formatQuantity(sourceCount, 'record')} (all: -n all)`
}

/** Which records have begun and not ended, from the events of their nodes. */
class RecordsInWork {
  readonly #ids = new Set<string>()

  get count(): number {
    return this.#ids.size
  }

  take(event: MetadataEvent): void {
    if (!('recordId' in event) || event.recordId === undefined) return
    if (event.type === 'record-end') this.#ids.delete(event.recordId)
    else this.#ids.add(event.recordId)
  }
}

/**
 * Says what was thrown where nobody can catch it, such as in a timer of a task's function or in a promise that it does not
 * await, and ends the process: which record it belongs to is not known. Gives what stops the hearing.
 */
function endOnUncaught({ isDebug, onEnd }: { readonly isDebug: boolean; readonly onEnd: () => void }): () => void {
  const end = (error: unknown) => {
    onEnd()
    const place = placeOf(error)
    note(
      isDebug && error instanceof Error
        ? (error.stack ?? error.message)
        : `sygra: an error was thrown outside of every record${place}: ${messageOf(error)}\nA function must await what it begins, so that its record fails and not the run. (--debug shows more)`,
    )
    process.exit(1)
  }
  process.on('uncaughtException', end)
  return () => process.off('uncaughtException', end)
}

/** The first place in the stack that is neither Node's nor a package's; empty where there is none. */
function placeOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : []
  const own = lines.find((line) => /[/\\]/.test(line) && !/node:|[/\\](?:node_modules|dist)[/\\]/.test(line))
  const path = /\(?((?:file:\/\/)?[^()\s]*[/\\][^()]*?):\d+:\d+\)?$/.exec(own ?? '')?.[1]
  return path === undefined ? '' : `, in ${path.replace('file://', '')}`
}
