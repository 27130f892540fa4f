import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileMode } from '../../runtime/files/file-mode.ts'
import { makeDirectory, syncDirectory } from '../../runtime/files/make-directory.ts'

/** What is kept in memory before it is written, in characters. */
const bufferedCharacters = 262_144

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
  readonly #separator: string
  readonly #file: number
  #buffer = ''

  constructor(path: string, separator: string) {
    makeDirectory(dirname(path))
    this.path = path
    this.#separator = separator
    this.#file = openSync(path, 'w', fileMode())
  }

  add(id: string, line: string): void {
    const text = this.ids.length === 0 ? line : this.#separator + line
    this.ids.push(id)
    this.bytes += Buffer.byteLength(text)
    this.#buffer += text
    if (this.#buffer.length > bufferedCharacters) this.#write()
  }

  close(): void {
    // In a list of JSON a line end is nothing, and a file of lines ends with one.
    this.#buffer += '\n'
    this.#write()
    closeSync(this.#file)
  }

  /** Closes it, and it was none. */
  discard(): void {
    closeSync(this.#file)
    rmSync(this.path, { force: true })
  }

  #write(): void {
    const bytes = Buffer.from(this.#buffer)
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
    this.#buffer = ''
  }
}
