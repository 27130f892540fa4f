import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { fileLines } from '../../runtime/files/file-lines.ts'
import { fileMode } from '../../runtime/files/file-mode.ts'
import type { BatchAnswer, BatchService } from './batch-service.ts'

/** A file of answers that does not end where a line does was cut on its way. */
class CutFile extends Error {}

/**
 * Fetches what a batch has answered into one file, whole or not at all: a file that is cut is asked for again.
 *
 * @throws what the last try threw.
 */
export async function fetchResults(
  service: BatchService,
  { providerId, path, tries = 4 }: { readonly providerId: string; readonly path: string; readonly tries?: number },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fetchOnce(service, { providerId, path: `${path}.tmp` })
      renameSync(`${path}.tmp`, path)
      return
    } catch (error) {
      rmSync(`${path}.tmp`, { force: true })
      if (attempt >= tries) throw error
    }
  }
}

async function fetchOnce(
  service: BatchService,
  { providerId, path }: { readonly providerId: string; readonly path: string },
): Promise<void> {
  rmSync(path, { force: true })
  for (const url of await service.results(providerId)) {
    const response = await service.fetch(url)
    const before = await sizeOf(path)
    const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body as WebStream)
    await pipeline(body, endingLine(), createWriteStream(path, { flags: 'a', mode: fileMode() }))
    const stated = Number(response.headers.get('content-length') ?? Number.NaN)
    const isEncoded = response.headers.has('content-encoding')
    const got = (await sizeOf(path)) - before
    if (!isEncoded && Number.isFinite(stated) && got < stated) throw new CutFile(`${got} of ${stated} bytes came`)
  }
  if (!existsSync(path)) await (await open(path, 'w', fileMode())).close()
  // The last line has to be whole, whatever the server said of its length.
  let last: string | undefined
  for await (const line of fileLines(path)) last = line.toString('utf8').trim() || last
  if (last !== undefined) JSON.parse(last)
}

/** Ends what is copied with a line end, so that the next file begins a line. */
function endingLine(): Transform {
  let last: number | undefined
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      last = chunk.at(-1) ?? last
      done(null, chunk)
    },
    flush(done) {
      done(null, last === undefined || last === 0x0a ? undefined : '\n')
    },
  })
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** The answers in a file that was fetched, each with the line as it came; what is no line of ours is passed over. */
export async function* readResults(
  service: BatchService,
  path: string,
): AsyncGenerator<{ readonly answer: BatchAnswer; readonly line: unknown }> {
  for await (const text of fileLines(path)) {
    let line: unknown
    try {
      line = JSON.parse(text.toString('utf8'))
    } catch {
      continue
    }
    const answer = service.read(line)
    if (answer !== undefined) yield { answer, line }
  }
}

/** The ids of the calls in the file of a batch; none where the file is gone. */
export async function readIds(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) return []
  const ids: string[] = []
  for await (const line of fileLines(path)) {
    const id = /^\{"custom_id":"([\w-]+)"/.exec(line.toString('utf8', 0, 120))?.[1]
    if (id !== undefined) ids.push(id)
  }
  return ids
}

/** True when one of the first answers in a file is to a call of the batch. */
export async function belongsTo(service: BatchService, path: string, ids: ReadonlySet<string>): Promise<boolean> {
  for await (const { answer } of readResults(service, path)) return ids.has(answer.customId)
  return false
}
