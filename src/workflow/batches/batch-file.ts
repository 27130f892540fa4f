import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileMode } from '../../runtime/files/file-mode.ts'
import { makeDirectory, syncDirectory } from '../../runtime/files/make-directory.ts'
import type { BatchService } from './batch-service.ts'

/** What is kept in memory before it is written, in characters. */
const bufferedCharacters = 262_144

/** In a list of JSON a line end is nothing, and a file of lines ends with one. */
const fileEnd = '\n'

/** What a provider takes as one batch. */
type BatchLimits = Pick<BatchService, 'maxLines' | 'maxBytes' | 'separator'>

/** Waits until a file and its name are on the disk itself, safe from a power cut. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  await file.sync().finally(() => file.close())
  await syncDirectory(dirname(path))
}

/** The file of a batch while calls are still added to it: of each only its id stays in memory. */
export class OpenBatchFile {
  readonly path: string
  readonly ids: string[] = []
  bytes = 0
  readonly #limits: BatchLimits
  readonly #file: number
  #buffer = ''
  #fault: { readonly error: unknown } | undefined

  constructor(path: string, limits: BatchLimits) {
    makeDirectory(dirname(path))
    this.path = path
    this.#limits = limits
    this.#file = openSync(path, 'w', fileMode())
  }

  /** Whether a further call fits into what the provider takes; the first one has its place, however long it is. */
  hasRoomFor(line: string): boolean {
    const { maxLines, maxBytes, separator } = this.#limits
    if (this.ids.length === 0) return true
    const bytes = this.bytes + Buffer.byteLength(separator + line) + Buffer.byteLength(fileEnd)
    return this.ids.length < maxLines && bytes <= maxBytes
  }

  add(id: string, line: string): void {
    const text = this.ids.length === 0 ? line : this.#limits.separator + line
    this.ids.push(id)
    this.bytes += Buffer.byteLength(text)
    this.#buffer += text
    if (this.#buffer.length > bufferedCharacters) this.#write()
  }

  /** @throws what the disk has thrown since it was opened: then there is no whole file. */
  close(): void {
    this.#buffer += fileEnd
    this.#write()
    closeSync(this.#file)
    if (this.#fault !== undefined) throw this.#fault.error
  }

  /** Closes it, and it was none. */
  discard(): void {
    closeSync(this.#file)
    rmSync(this.path, { force: true })
  }

  #write(): void {
    const bytes = Buffer.from(this.#buffer)
    this.#buffer = ''
    try {
      for (let at = 0; at < bytes.length && this.#fault === undefined; ) at += writeSync(this.#file, bytes, at)
    } catch (error) {
      this.#fault = { error }
    }
  }
}
