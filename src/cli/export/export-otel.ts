import { SygraError } from '../../errors.ts'
import { formatQuantity } from '../../report/text/format-values.ts'
import { EventExporter, lossText } from '../../telemetry/event-exporter.ts'
import { readOtelSettings } from '../../telemetry/otel-settings.ts'
import { readFinishedRun } from '../files/read-run.ts'
import { note } from '../terminal/terminal.ts'
import { EventSource, type ExportedRun } from './export-rows.ts'

/** So long a receiver that is down or asks for less is waited for. */
const patienceMs = 60_000
const maxWaiting = 2_048

/** Sends runs that are over, or as far as they have come, to OpenTelemetry. Spans have the ids that they had while the run went on. */
export async function exportOtel(runs: readonly ExportedRun[], endpoint: string | undefined): Promise<void> {
  const environment =
    endpoint === undefined ? process.env : { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: checkedUrl(endpoint) }
  for (const { metadataPath, ledgerPath } of runs) {
    if (ledgerPath === undefined) continue
    const { execution } = await readFinishedRun(metadataPath)
    const settings = readOtelSettings(execution.task_name, environment)
    for (const warning of settings.warnings) note(`sygra: ${warning}`)
    const startedAtMs = Date.parse(execution.timing.start_time ?? '') || undefined
    const exporter = new EventExporter({ settings, startedAtMs, isPatient: true })
    const following = exporter.follow()
    const source = new EventSource(ledgerPath)
    for await (const events of source.batches()) {
      for (const { event, place } of events) following.take(event, place.atMs)
      if (exporter.waiting > maxWaiting) throwWhereLost(await exporter.flush(patienceMs))
    }
    following.end()
    const counts = await exporter.flush(patienceMs)
    throwWhereLost(counts)
    const traced =
      exporter.tracedCalls === 0
        ? ''
        : `; ${formatQuantity(exporter.tracedCalls, 'call')} left out that the program's own OpenTelemetry was told of`
    note(
      `${formatQuantity(counts.sentSpans, 'span')} of ${execution.task_name} sent, trace ${following.place().traceId}${traced}`,
    )
  }
}

function throwWhereLost(counts: Parameters<typeof lossText>[0]): void {
  const loss = lossText(counts)
  if (loss !== undefined) throw new SygraError('not_writable', loss)
  if (counts.sentSpans === 0 && counts.problem !== undefined) throw new SygraError('not_writable', counts.problem)
}

function checkedUrl(endpoint: string): string {
  if (URL.canParse(endpoint) && /^https?:/.test(endpoint)) return endpoint
  throw new SygraError('bad_argument', `--endpoint ${endpoint}: expected an address such as http://localhost:4318`)
}
