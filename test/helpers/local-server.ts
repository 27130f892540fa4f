import { once } from 'node:events'
import { Server as HttpServer } from 'node:http'
import type { Http2Server, ServerHttp2Session } from 'node:http2'
import { type AddressInfo, createServer, type Server } from 'node:net'

export interface LocalServer {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Lets a server listen on a free port of this machine; when it is closed its connections go at once. */
export async function listenLocally(server: Server | Http2Server): Promise<LocalServer> {
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if (server instanceof HttpServer) server.closeAllConnections()
        for (const session of sessions) session.destroy()
      }),
  }
}

/** A port of this machine that nobody listens on, for a program that is to be told one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
