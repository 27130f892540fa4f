import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { listenLocally } from './local-server.ts'

/** A revision of a dataset: its commit and its files. */
export interface FakeRevision {
  readonly commit: string
  readonly files: Readonly<Record<string, string | Uint8Array>>
}

/** A dataset on the fake Hub. */
export interface FakeDataset {
  /** Branches and tags by name, such as `main` or `refs/convert/parquet`. */
  readonly revisions: Readonly<Record<string, FakeRevision>>
  readonly cardData?: unknown
  /** Without it the dataset is open to all. */
  readonly token?: string
}

/** What the next requests get instead of an answer: a status, or a connection that breaks after some bytes of the body. */
export type Fault = { readonly status: number } | { readonly breakAfterBytes: number }

/** A Hugging Face Hub on this machine. */
export interface FakeHub {
  readonly endpoint: string
  /** Requests so far: path, and the range asked for. */
  readonly requests: { readonly path: string; readonly range?: string }[]
  /** Bytes of file content sent so far. */
  sentBytes(): number
  /** Faults for the next downloads, in order. */
  failDownloads(...faults: readonly Fault[]): void
}

/** Entries of a file list per page: small, so that paging is always seen. */
const pageSize = 2

/** Starts a Hub for the running test: dataset information, file lists, and downloads by way of a redirect, with ranges. */
export async function startFakeHub(datasets: Readonly<Record<string, FakeDataset>>): Promise<FakeHub> {
  const requests: { path: string; range?: string }[] = []
  const faults: Fault[] = []
  let sent = 0

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://hub')
    requests.push({ path: url.pathname, range: request.headers.range })
    const info = /^\/api\/datasets\/(.+)\/revision\/([^/]+)$/.exec(url.pathname)
    const tree = /^\/api\/datasets\/(.+)\/tree\/([^/]+)$/.exec(url.pathname)
    const resolved = /^\/datasets\/(.+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname)
    const stored = /^\/storage\/([^/]+)\/([^/]+)\/(.+)$/.exec(url.pathname)
    const [, repoId = '', revisionName = '', path = ''] = (info ?? tree ?? resolved ?? stored ?? []).map(
      decodeURIComponent,
    )
    const dataset = datasets[repoId]
    const revision = dataset && findRevision(dataset, revisionName)
    // Like the real one, it does not tell a missing dataset from a private one to somebody without a token.
    if (dataset === undefined) return answer(response, request.headers.authorization === undefined ? 401 : 404)
    const isAllowed = dataset.token === undefined || request.headers.authorization === `Bearer ${dataset.token}`
    if (stored === null && !isAllowed) return answer(response, 401)
    if (revision === undefined) return answer(response, 404)
    if (info) return sendJson(response, { id: repoId, sha: revision.commit, cardData: dataset.cardData })
    if (tree) return sendTree(response, revision, url)
    if (resolved) {
      const location = `/storage/${[repoId, revisionName, path].map(encodeURIComponent).join('/')}`
      response.writeHead(302, { location }).end()
      return
    }
    sent += sendFile({ request, response, content: revision.files[path], fault: faults.shift() })
  })
  const { url: endpoint, close } = await listenLocally(server)
  onTestFinished(close)
  return {
    endpoint,
    requests,
    sentBytes: () => sent,
    failDownloads: (...next) => {
      faults.push(...next)
    },
  }
}

function findRevision({ revisions }: FakeDataset, name: string): FakeRevision | undefined {
  return revisions[name] ?? Object.values(revisions).find(({ commit }) => commit === name)
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`status ${status}`)
}

function sendJson(response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

function sendTree(response: ServerResponse, { files }: FakeRevision, url: URL): void {
  const folders = new Set(
    Object.keys(files).flatMap((path) => (path.includes('/') ? [path.slice(0, path.lastIndexOf('/'))] : [])),
  )
  const entries = [
    ...[...folders].map((path) => ({ type: 'directory', path, size: 0 })),
    ...Object.entries(files).map(([path, content]) => ({ type: 'file', path, size: Buffer.byteLength(content) })),
  ]
  const start = Number(url.searchParams.get('cursor') ?? 0)
  const next = new URL(url)
  next.searchParams.set('cursor', String(start + pageSize))
  const link = `<${next.pathname}${next.search}>; rel="next"`
  sendJson(response, entries.slice(start, start + pageSize), start + pageSize < entries.length ? { link } : {})
}

interface FileAnswer {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly content: string | Uint8Array | undefined
  readonly fault: Fault | undefined
}

function sendFile({ request, response, content, fault }: FileAnswer): number {
  if (content === undefined || (fault !== undefined && 'status' in fault)) {
    answer(response, fault !== undefined && 'status' in fault ? fault.status : 404)
    return 0
  }
  const bytes = Buffer.from(content)
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const start = Number(range?.[1] ?? 0)
  const end = range?.[2] ? Number(range[2]) + 1 : bytes.length
  const body = bytes.subarray(start, end)
  const status = range === null ? 200 : 206
  response.writeHead(status, {
    'content-length': body.length,
    ...(range !== null && { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }),
  })
  if (fault === undefined) {
    response.end(body)
    return body.length
  }
  response.write(body.subarray(0, fault.breakAfterBytes), () => response.destroy())
  return fault.breakAfterBytes
}
