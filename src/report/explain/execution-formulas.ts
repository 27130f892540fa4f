import type { MetadataEvent, RunStart, WorkerStart } from '../../metadata/event.ts'
import { type FigurePath, type Formula, figure, measure, total } from '../../metadata/figures/formula.ts'
import type { Metadata } from '../../metadata/schema.ts'

/** A figure of `execution` or `dataset`: most are what the run was asked for, as it noted at its start. */
export function executionFormula(metadata: Metadata, path: FigurePath): Formula | undefined {
  const [key = '', ...rest] = path
  switch (key) {
    case 'batch_size':
      return ofStart('batch size, 50 unless it is stated', ({ context }) =>
        context.batchSize === undefined ? 50 : (context.batchSize ?? undefined),
      )
    case 'checkpoint_interval':
      return ofStart('checkpoint interval, 100 unless it is stated', ({ context }) => context.checkpointInterval ?? 100)
    case 'num_records':
      return ofStart('records asked for', ({ context }) => context.numRecords)
    case 'pid':
      return ofStart('number of the process', ({ environment }) => environment.pid)
    case 'timing':
      return total(
        (metadata.execution.sessions ?? []).map((_, index) =>
          figure('execution', 'sessions', String(index), 'duration_seconds'),
        ),
      )
    case 'sessions':
      return sessionFormula(metadata, rest)
    case 'concurrency':
      return concurrencyFormula(rest)
    case 'workers':
      return workerFormula(rest)
    case 'batches':
      return batchFormula(metadata, rest)
    default:
      return undefined
  }
}

function ofStart(what: string, read: (start: RunStart) => number | undefined): Formula {
  return measure('last', what, (event) => (event.type === 'run-start' ? read(event) : undefined))
}

/** A figure of one session; of one that goes on, the time until the file was written. */
function sessionFormula(metadata: Metadata, [index = '', key]: FigurePath): Formula | undefined {
  const session = metadata.execution.sessions?.[Number(index)]
  if (session === undefined) return undefined
  const ends = endsSession(Number(index))
  if (key === 'records') {
    return measure('last', `records of session ${index}`, (event) => (ends(event) ? event.records : undefined))
  }
  if (key !== 'duration_seconds') return undefined
  if (session.end_time === null) {
    const seconds = (Date.parse(metadata.generated_at) - Date.parse(session.start_time ?? '')) / 1000
    return { type: 'constant', value: seconds, what: 'from the start to when the file was written' }
  }
  if (Object.values(metadata.execution.workers ?? {}).some(({ transport }) => transport === 'none')) {
    const what = 'as long as at least one of its processes was there'
    return { type: 'constant', value: session.duration_seconds ?? 0, what }
  }
  return measure('last', `duration of session ${index}`, (event) => (ends(event) ? event.durationSeconds : undefined))
}

// Sessions are numbered from 0 in the order in which they stand in the file.
function endsSession(index: number) {
  return (event: MetadataEvent): event is Extract<MetadataEvent, { type: 'run-end' }> =>
    event.type === 'run-end' && event.session === index
}

/** What a worker said of itself when it joined or left; the rest are figures that are folded. */
function workerFormula([worker = '', key = '']: FigurePath): Formula | undefined {
  const ofJoining = (what: string, read: (start: WorkerStart) => number | undefined) =>
    measure('last', `${what} of worker ${worker}`, (event) =>
      event.type === 'worker-start' && event.worker === worker ? read(event) : undefined,
    )
  switch (key) {
    case 'pid':
      return ofJoining('number of the process', ({ environment }) => environment.pid)
    case 'session':
      return ofJoining('session', ({ session }) => session)
    case 'concurrency':
      return ofJoining('records at once', ({ concurrency }) => concurrency)
    case 'duration_seconds':
      return measure('last', `time of worker ${worker}`, (event) =>
        event.type === 'worker-end' && event.worker === worker ? event.durationSeconds : undefined,
      )
    default:
      return undefined
  }
}

/** What was heard of a batch last, whenever that was: a provider tells it again and again. */
function batchFormula(metadata: Metadata, [index = '', key]: FigurePath): Formula | undefined {
  const batch = metadata.execution.batches?.[Number(index)]
  const value = key === 'lines' || key === 'answered' ? batch?.[key] : undefined
  return value == null
    ? undefined
    : { type: 'constant', value, what: `${key} of batch ${batch?.id}, as it was heard last` }
}

function concurrencyFormula(path: FigurePath): Formula | undefined {
  const [provider = '', key, index] = path
  const limit = (event: MetadataEvent) =>
    event.type === 'concurrency-change' && event.provider === provider ? event.limit : undefined
  switch (key) {
    case 'cuts':
      return measure('count', `cuts at ${provider}`, (event) =>
        event.type === 'concurrency-change' && event.provider === provider && event.reason === 'rate-limit'
          ? 1
          : undefined,
      )
    case 'lowest':
      return measure('lowest', `requests at once at ${provider}`, limit)
    case 'last':
      return measure('last', `requests at once at ${provider}`, limit)
    case 'history':
      return measure({ position: Number(index), mostKept: 200 }, `requests at once at ${provider}`, limit)
    default:
      return undefined
  }
}

/** A figure of `dataset`. */
export function datasetFormula({ dataset, aggregate_statistics }: Metadata, key: string): Formula | undefined {
  if (key === 'start_index') {
    return measure('last', 'records passed over, 0 unless it is stated', (event) => {
      if (event.type === 'dataset-open') return event.alias === undefined ? event.startIndex : undefined
      // Without a source that states it, none was passed over.
      return event.type === 'run-start' && event.session === 0 ? 0 : undefined
    })
  }
  if (key !== 'num_records_processed') return undefined
  if (dataset.num_records_processed === aggregate_statistics.records.total_processed) {
    return figure('aggregate_statistics', 'records', 'total_processed')
  }
  return measure('last', 'number of records that the program stated', (event) =>
    event.type === 'dataset-open' && event.alias === undefined ? event.numRecords : undefined,
  )
}

/** A parameter that a model was called with: `set` is which of several. */
export function parameterFormula(model: string, set: number, path: FigurePath): Formula {
  const seen: string[] = []
  return measure('last', `${path.join('.')} that model ${model} was called with`, (event) => {
    if (event.type !== 'model-open' || event.model !== model || event.parameters === undefined) return undefined
    const text = JSON.stringify(event.parameters)
    if (!seen.includes(text)) seen.push(text)
    const value = seen.indexOf(text) === set ? memberOf(event.parameters, path) : undefined
    return typeof value === 'number' ? value : undefined
  })
}

function memberOf(value: unknown, path: FigurePath): unknown {
  return path.reduce<unknown>(
    (member, key) => (typeof member === 'object' && member !== null ? Reflect.get(member, key) : undefined),
    value,
  )
}
