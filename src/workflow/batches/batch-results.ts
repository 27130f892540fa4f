import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileLines } from '../../runtime/files/file-lines.ts'
import { fileMode } from '../../runtime/files/file-mode.ts'
import { syncDirectory } from '../../runtime/files/make-directory.ts'
import { jsonOf } from '../models/clients/post-to-service.ts'
import { syncFile } from './batch-file.ts'
import { BatchRefusal } from './batch-http.ts'
import type { BatchAnswer, BatchService } from './batch-service.ts'

/** A file of answers does not end where a line does: it was cut on its way. */
export class CutFile extends Error {}

/**
 * Fetches what a batch has answered into one file, whole or not at all.
 *
 * @throws CutFile; BatchRefusal, also where the answer broke off; what the disk throws.
 */
export async function fetchResults(
  service: BatchService,
  { providerId, path }: { readonly providerId: string; readonly path: string },
): Promise<void> {
  const temporary = `${path}.tmp`
  try {
    await fetchInto(temporary, service, providerId)
    await syncFile(temporary)
    renameSync(temporary, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

async function fetchInto(path: string, service: BatchService, providerId: string): Promise<void> {
  rmSync(path, { force: true })
  for (const url of await service.results(providerId)) {
    const response = await service.fetch(url)
    const before = await sizeOf(path)
    await pipeline(bytesOf(response), endingLine(), createWriteStream(path, { flags: 'a', mode: fileMode() }))
    const stated = Number(response.headers.get('content-length') ?? Number.NaN)
    const isEncoded = response.headers.has('content-encoding')
    const got = (await sizeOf(path)) - before
    if (!isEncoded && Number.isFinite(stated) && got < stated) throw new CutFile(`${got} of ${stated} bytes came`)
    // The last line of each file has to be whole, whatever the server said of its length.
    let last: string | undefined
    for await (const line of fileLines(path, before)) last = line.toString('utf8').trim() || last
    if (last !== undefined && jsonOf(last) === undefined) throw new CutFile('the last line is no JSON')
  }
  if (!existsSync(path)) await (await open(path, 'w', fileMode())).close()
}

/** What breaks off on its way is a fault of the provider's, and not of the disk. */
async function* bytesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body === null) return
  try {
    yield* body
  } catch (error) {
    throw new BatchRefusal(0, 'the file of its results broke off', { cause: error })
  }
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
    const line = jsonOf(text.toString('utf8'))
    const answer = line === undefined ? undefined : service.read(line)
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

/** So many answers of a file are looked at: each would do, were it not for lines that nobody has asked for. */
const lookedAt = 100

/** True when one of the first answers in a file is to a call of the batch. */
export async function belongsTo(service: BatchService, path: string, ids: ReadonlySet<string>): Promise<boolean> {
  let count = 0
  for await (const { answer } of readResults(service, path)) {
    if (ids.has(answer.customId)) return true
    count += 1
    if (count >= lookedAt) break
  }
  return false
}
