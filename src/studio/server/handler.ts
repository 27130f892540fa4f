import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import { streamSSE } from 'hono/streaming'
import { messageOf } from '../../errors.ts'
import { type RecordKind, type RecordSort, recordKinds, recordSorts } from '../../report/run/record-order.ts'
import { type RequestFilter, readFilter, readNumber } from '../../report/run/run-filter.ts'
import type { ErrorAnswer } from '../api.ts'
import type { Assets } from '../assets.ts'
import { mostRecords, type RecordQuery } from '../ledger/record-list.ts'
import type { TimelineWindow } from '../ledger/timeline.ts'
import { RefusedRun, type RunStore } from '../run-store.ts'
import { refusalOf, securityHeaders } from './guard.ts'

export interface HandlerOptions {
  readonly store: RunStore
  readonly assets: Assets
  /** Where the studio listens: part of the Host that it answers to. */
  readonly port: number
  /** How often it is looked whether something has changed. */
  readonly changeStream?: ChangeStreamOptions
}

export type Handler = (request: Request) => Response | Promise<Response>

/** The studio as a function from a request to its answer. */
export function createHandler({ store, assets, port, changeStream: changeOptions }: HandlerOptions): Handler {
  const app = new Hono()
  app.use(async (context, next) => {
    const refusal = refusalOf({ method: context.req.method, header: (name) => context.req.raw.headers.get(name) }, port)
    if (refusal === undefined) await next()
    else context.res = context.json<ErrorAnswer>({ error: refusal.reason }, refusal.status)
    for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value)
    if (!context.res.headers.has('cache-control')) context.res.headers.set('cache-control', 'no-store')
  })

  app.use(compress())
  app.get('/api/runs', async (context) => context.json(await store.list.runs(sinceOf(context.req.query()))))
  app.get('/api/run', async (context) => context.json(await store.run(keyOf(context.req.query('run')))))
  app.get('/api/timeline', async (context) => {
    const query = context.req.query()
    const timeline = await store.timeline(keyOf(query.run), readTimelineWindow(query), readRequestFilter(query))
    return context.json(timeline ?? null)
  })
  app.get('/api/slice', async (context) => {
    const query = context.req.query()
    return context.json((await store.slice(keyOf(query.run), readRequestFilter(query))) ?? null)
  })
  app.get('/api/explain', async (context) => {
    const { run, figure = '' } = context.req.query()
    return context.json(await store.explain(keyOf(run), figure))
  })
  app.get('/api/reprice', async (context) => {
    const keys = context.req.queries('run') ?? []
    return context.json(await store.reprice(keys, readModelChanges(context.req.queries('model') ?? [])))
  })
  app.get('/api/records', async (context) => {
    const records = await store.records(keyOf(context.req.query('run')), readRecordQuery(context.req.query()))
    return context.json(records ?? null)
  })
  app.get('/api/record', async (context) => {
    const record = await store.record(keyOf(context.req.query('run')), context.req.query('record') ?? '')
    return context.json(record ?? null)
  })
  app.get('/api/waste', async (context) => context.json(await store.waste(keyOf(context.req.query('run')))))
  app.get('/api/compare', async (context) => {
    const [base, head] = [keyOf(context.req.query('base')), keyOf(context.req.query('head'))]
    return context.json(await store.compare(base, head))
  })
  app.get('/api/file', async (context) => downloadOf(await store.pathOf(keyOf(context.req.query('run')))))
  app.get('/api/changes', (context) => {
    const run = context.req.query('run')
    const version = run === undefined ? () => store.list.version() : () => store.versionOf(run)
    return changeStream(context, version, changeOptions)
  })

  app.get('*', (context) => {
    const { path } = context.req
    const name = path === '/' ? 'index.html' : path.slice(1)
    const asset = assets.get(name)
    if (asset === undefined) return context.json<ErrorAnswer>({ error: 'there is no such page' }, 404)
    // The names of what the page loads hold a digest of their content.
    const cacheControl = name === 'index.html' ? 'no-store' : 'public, max-age=31536000, immutable'
    return context.body(asset.body, 200, { 'content-type': asset.contentType, 'cache-control': cacheControl })
  })

  app.onError((error, context) => {
    const status = error instanceof RefusedRun ? 404 : 500
    return context.json<ErrorAnswer>({ error: messageOf(error) }, status)
  })
  return (request) => app.fetch(request)
}

function keyOf(value: string | undefined): string {
  if (value === undefined || value === '') throw new RefusedRun('no run was named')
  return value
}

/** A file as it stands on the disk, to be saved and never to be shown as a page. */
async function downloadOf(path: string): Promise<Response> {
  const name = basename(path).replaceAll(/[^\w.-]/g, '_')
  return new Response(new Uint8Array(await readFile(path)), {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
    },
  })
}

interface ChangeStreamOptions {
  /** Default: 700. */
  readonly everyMs?: number
}

/** So often something is sent even when nothing changes, so that a connection that is gone is noticed. */
const heartbeatMs = 15_000

/** Server-sent events: `change` whenever the version of something is another one, and once at the beginning. */
function changeStream(
  context: Context,
  versionOf: () => Promise<string>,
  { everyMs = 700 }: ChangeStreamOptions = {},
): Response {
  return streamSSE(context, async (stream) => {
    let known: string | undefined
    let quietMs = 0
    while (!stream.aborted) {
      const version = await versionOf().catch(() => 'gone')
      quietMs += everyMs
      if (version !== known || quietMs >= heartbeatMs) {
        await stream.writeSSE({ event: version === known ? 'quiet' : 'change', data: version })
        known = version
        quietMs = 0
      }
      await stream.sleep(everyMs)
    }
  })
}

type Query = Readonly<Record<string, string>>

const maxSpans = 2000

/** What part of the timeline is asked for; what is no number is left out. */
function readTimelineWindow({ from, to, spans }: Query): Partial<TimelineWindow> {
  const count = readNumber(spans)
  return {
    fromMs: readNumber(from),
    toMs: readNumber(to),
    spans: count === undefined ? undefined : Math.min(maxSpans, Math.max(1, Math.round(count))),
  }
}

/** What part of a run is looked at; the window of the timeline is one of them. */
function readRequestFilter(query: Query): RequestFilter {
  return readFilter((name) => query[name])
}

/** The number of the last change that is known to who asks for a list. */
function sinceOf({ since }: Query): number | undefined {
  return readNumber(since)
}

/** Two names, a line each: what was asked of the first is priced as the second. */
function readModelChanges(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.flatMap((text) => {
      const [from = '', to = ''] = text.split('\n')
      return from === '' || to === '' ? [] : [[from, to] as const]
    }),
  )
}

/** Which records are asked for, the most expensive by default. */
function readRecordQuery(query: Query): RecordQuery {
  const { kind, sort, reverse, search, limit } = query
  const count = readNumber(limit) ?? 50
  return {
    kind: isKind(kind) ? kind : 'all',
    sort: isSort(sort) ? sort : 'cost',
    isReversed: reverse === 'true',
    search,
    limit: Math.min(mostRecords, Math.max(1, count)),
    filter: readRequestFilter(query),
  }
}

function isKind(text: string | undefined): text is RecordKind {
  return recordKinds.some((kind) => kind === text)
}

function isSort(text: string | undefined): text is RecordSort {
  return recordSorts.some((sort) => sort === text)
}
