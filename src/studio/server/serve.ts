import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { messageOf, SygraError } from '../../errors.ts'
import { type Assets, readAssets } from '../assets.ts'
import type { RunFiles } from '../run-files.ts'
import { RunStore } from '../run-store.ts'
import { createHandler } from './handler.ts'

export interface StudioOptions {
  readonly directory: string
  readonly files: RunFiles
  /** Folder of the built page. */
  readonly pageDirectory: string
  /** 0: any free port. */
  readonly port: number
}

export interface Studio {
  readonly url: string
  close(): Promise<void>
}

const address = '127.0.0.1'

/**
 * Serves the studio, to this machine only.
 *
 * @throws SygraError when the port is taken or the page is not built.
 */
export async function serveStudio({ directory, files, pageDirectory, port }: StudioOptions): Promise<Studio> {
  const assets: Assets = await readAssets(pageDirectory)
  const store = new RunStore({ directory, files, nowMs: Date.now })
  let handler = createHandler({ store, assets, port })
  const server = createAdaptorServer({ fetch: (request: Request) => handler(request) })
  const used = await new Promise<AddressInfo>((resolve, reject) => {
    server.once('error', (error) => {
      const advice = 'give another one with --port, or none for any that is free'
      const why = 'code' in error && error.code === 'EADDRINUSE' ? 'another program listens there' : messageOf(error)
      reject(new SygraError('bad_argument', `port ${port} cannot be used: ${why}; ${advice}`))
    })
    server.listen(port, address, () => {
      const bound = server.address()
      if (bound !== null && typeof bound === 'object') resolve(bound)
    })
  })
  handler = createHandler({ store, assets, port: used.port })
  return {
    url: `http://${address}:${used.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
