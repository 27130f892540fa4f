import { connect, createServer, type Socket } from 'node:net'
import { listenLocally } from './local-server.ts'

/** A cable between programs and a server, which a test can pull out. */
export interface CuttingProxy {
  readonly port: number
  /** Breaks what is connected, and lets nobody in until it is mended. */
  readonly cut: () => void
  /** Carries nothing any more, and says so to nobody, until it is mended. */
  readonly swallow: () => void
  readonly mend: () => void
  readonly close: () => Promise<void>
}

/** Listens on a port of its own and passes everything on to another one of this machine. */
export async function startCuttingProxy(toPort: number): Promise<CuttingProxy> {
  let state: 'whole' | 'cut' | 'swallowing' = 'whole'
  const ends = new Set<Socket>()
  const server = createServer((near) => {
    if (state === 'cut') {
      near.destroy()
      return
    }
    const far = connect(toPort, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from)
      from.on('data', (bytes) => {
        if (state === 'whole') to.write(bytes)
      })
      // What breaks on one side is broken on the other.
      from.on('error', () => {})
      from.on('close', () => {
        ends.delete(from)
        to.destroy()
      })
    }
  })
  const { url, close } = await listenLocally(server)
  const breakAll = () => {
    for (const end of ends) end.destroy()
  }
  return {
    port: Number(new URL(url).port),
    cut: () => {
      state = 'cut'
      breakAll()
    },
    swallow: () => {
      state = 'swallowing'
    },
    mend: () => {
      state = 'whole'
    },
    close: () => {
      breakAll()
      return close()
    },
  }
}
