import { SygraError } from '../../../errors.ts'
import type { ParquetBytes } from '../formats/parquet-file.ts'
import type { HubClient } from './hub-client.ts'

/** A file of the Hub to read. */
export interface RemoteFile {
  readonly client: HubClient
  readonly url: string
  /** Name in messages. */
  readonly name: string
  readonly bytes: number
  readonly signal?: AbortSignal
}

/** Reads a remote file by ranges. */
export function remoteRanges({ client, url, name, bytes, signal }: RemoteFile): ParquetBytes {
  return {
    byteLength: bytes,
    slice: (start, end = bytes) =>
      start >= end
        ? Promise.resolve(new ArrayBuffer(0))
        : client.get(url, { what: name, headers: rangeOf(start, end), signal }, async (response) => {
            const body = await response.arrayBuffer()
            // A server without ranges sends the whole file.
            return response.status === 206 ? body : body.slice(start, end)
          }),
  }
}

/** Reads a remote file from start to end; a connection that breaks is taken up where it broke. */
export async function* remoteBytes({ client, url, name, signal }: RemoteFile): AsyncGenerator<Uint8Array> {
  let offset = 0
  let failures = 0
  for (;;) {
    const body = await openBody({ client, url, name, offset, signal })
    try {
      for await (const chunk of body) {
        offset += chunk.byteLength
        failures = 0
        yield chunk
      }
      return
    } catch (error) {
      failures += 1
      if (signal?.aborted || error instanceof SygraError || failures > maxFailures) throw error
    }
  }
}

/** Breaks in a row, without a byte between them, that end the read. */
const maxFailures = 4

interface Body {
  readonly client: HubClient
  readonly url: string
  readonly name: string
  readonly offset: number
  readonly signal?: AbortSignal
}

function openBody({ client, url, name, offset, signal }: Body): Promise<AsyncIterable<Uint8Array>> {
  const headers = offset > 0 ? rangeOf(offset) : {}
  return client.get(url, { what: name, headers, signal }, async (response) => {
    if (offset > 0 && response.status !== 206) {
      await response.body?.cancel()
      throw new SygraError(
        'bad_data',
        `${name}: the connection broke and the server does not send the rest alone; download the file and read it from disk`,
      )
    }
    return response.body ?? nothing()
  })
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function rangeOf(start: number, end?: number): Record<string, string> {
  return { range: `bytes=${start}-${end === undefined ? '' : end - 1}` }
}
