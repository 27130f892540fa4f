import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { messageOf, SygraError } from '../../errors.ts'
import { LabelLimits } from '../../exporters/prometheus/label-limits.ts'
import { metricsOf } from '../../exporters/prometheus/run-metrics.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { redactText } from '../../runtime/redact.ts'
import { refusalOf } from '../../studio/server/guard.ts'
import { note } from '../terminal/terminal.ts'

/** The metrics of one or several processes as Prometheus reads them, from what their files say now. */
export function metricsText(files: readonly Metadata[], limits: LabelLimits = newLimits()): string {
  return metricsOf(files, limits).text()
}

export interface MetricsServer {
  readonly url: string
  close(): Promise<void>
}

const address = '127.0.0.1'
const contentType = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Serves `/metrics` to this machine only, until it is closed; it keeps no process alive. Port 0 is any that is free.
 *
 * @throws SygraError when the port is taken.
 */
export async function serveMetrics({
  port,
  read,
}: {
  readonly port: number
  /** What is to be shown, asked at each scrape. */
  readonly read: () => readonly Metadata[] | Promise<readonly Metadata[]>
}): Promise<MetricsServer> {
  const limits = newLimits()
  let ownPort = port
  const server = createServer((request, response) => {
    const refusal = refused(request, ownPort)
    if (refusal !== undefined) {
      answer(response, ...refusal)
      return
    }
    void Promise.resolve()
      .then(read)
      .then((files) => answer(response, 200, metricsText(files, limits), request.method === 'HEAD'))
      .catch((error: unknown) => answer(response, 503, `${redactText(messageOf(error))}\n`))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const isTaken = 'code' in error && error.code === 'EADDRINUSE'
      const why = isTaken ? 'another program listens there' : messageOf(error)
      reject(
        new SygraError(
          'bad_argument',
          `--metrics-port ${port} cannot be used: ${why}; give another one, or 0 for any that is free`,
        ),
      )
    })
    server.listen(port, address, resolve)
  })
  const bound = server.address()
  if (bound !== null && typeof bound === 'object') ownPort = bound.port
  server.unref()
  return {
    url: `http://${address}:${ownPort}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Serves what a command has, where `--metrics-port` asks for it, and says where. */
export async function announceMetrics(
  port: number | undefined,
  read: () => readonly Metadata[] | Promise<readonly Metadata[]>,
): Promise<MetricsServer | undefined> {
  if (port === undefined) return undefined
  const server = await serveMetrics({ port, read })
  note(`Metrics for Prometheus: ${server.url}`)
  return server
}

function newLimits(): LabelLimits {
  return new LabelLimits(redactText)
}

function refused({ headers, method, url }: IncomingMessage, port: number): [number, string] | undefined {
  const header = (name: string) => {
    const value = headers[name]
    return value === undefined ? undefined : String(value)
  }
  const refusal = refusalOf({ method, header }, port)
  if (refusal !== undefined) return [refusal.status, `${refusal.reason}\n`]
  return url?.split('?')[0] === '/metrics' ? undefined : [404, 'the metrics are at /metrics\n']
}

function answer(response: ServerResponse, status: number, text: string, isHead = false): void {
  response.writeHead(status, {
    'content-type': contentType,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
  response.end(isHead ? undefined : text)
}
