import { createServer, type Server } from 'node:http'
import { SygraError } from '../errors.ts'
import { loadTokenizer } from '../tokens/tokenizer.ts'
import type { AnswerFunction } from './answers/answer.ts'
import { Provider } from './provider.ts'
import { RequestLog, type SimulatedRequest } from './request-log.ts'
import { parseSimulatorSettings, type SimulatorSettingsInput } from './settings.ts'

export interface SimulatorOptions extends SimulatorSettingsInput {
  /** Default: 0, any free port. */
  readonly port?: number | undefined
  /** A task's own answers; what it leaves undefined is answered by default. */
  readonly answers?: AnswerFunction | undefined
  /** Called with each served attempt before its last byte is sent; for runs longer than the log. */
  readonly onRequest?: ((request: SimulatedRequest) => void) | undefined
}

/** A simulated provider that is listening. */
export interface Simulator {
  /** Base URL for OpenAI clients, such as `http://127.0.0.1:4010/v1`. */
  readonly url: string
  readonly port: number
  /** The newest served attempts, in the order they ended. */
  readonly log: readonly SimulatedRequest[]
  /** Stops listening and cuts what is being served; done when nothing is left. */
  readonly close: () => Promise<void>
}

/** Starts a provider on 127.0.0.1 that speaks OpenAI's chat completions and calls no model. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port: wantedPort = 0, answers, onRequest, ...input } = options
  if (!Number.isInteger(wantedPort) || wantedPort < 0 || wantedPort > 65_535) {
    throw new SygraError('bad_argument', `simulator: port: expected 0 to 65535, found ${wantedPort}`)
  }
  const settings = parseSimulatorSettings(input)
  const log = new RequestLog({ maxEntries: settings.maxLogEntries, onRequest })
  const provider = new Provider({ settings, answers, log })
  const server = createServer((request, response) => provider.take(request, response))
  // Longer than clients keep a connection: one closed under a request would look like a fault that nobody drew.
  server.keepAliveTimeout = 300_000
  // Loaded before the first request, whose latency would otherwise be what loading takes.
  await loadTokenizer('gpt-4o')
  const port = await listen(server, wantedPort)
  let closed: Promise<void> | undefined
  const close = async () => {
    const isClosed = new Promise<void>((resolve) => server.close(() => resolve()))
    await provider.cut(() => server.closeAllConnections())
    await isClosed
  }
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    log: log.entries,
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port)))
    // A run may open hundreds of connections at once; the default backlog refuses some of them.
    server.listen({ host: '127.0.0.1', port, backlog: 4096 }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function listenError(error: NodeJS.ErrnoException, port: number): SygraError {
  const reason =
    error.code === 'EADDRINUSE'
      ? 'is in use'
      : error.code === 'EACCES'
        ? 'is not yours to open'
        : `failed: ${error.message}`
  return new SygraError(
    'bad_argument',
    `simulator: port ${port} ${reason}; name another one, or none for any free one`,
    {
      cause: error,
    },
  )
}
