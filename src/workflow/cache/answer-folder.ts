import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, SygraError } from '../../errors.ts'
import { nowMs } from '../../runtime/clock.ts'
import { fileMode } from '../../runtime/files/file-mode.ts'
import { makeDirectory } from '../../runtime/files/make-directory.ts'
import { defaultMaxBytes } from './cache-choice.ts'
import { listFolder, pruneFolder } from './folder-size.ts'
import { type AnswerPlace, formatKeptAnswer, type KeptAnswer, parseKeptAnswer } from './kept-answer.ts'

/**
 * Answers on the disk, one file each: many processes may read and write them at once, and none of them sees a part of a file.
 * Whatever is wrong with the folder, a run goes on as if there were no answers in it.
 */
export class AnswerFolder {
  readonly directory: string
  readonly #maxBytes: number
  readonly #onProblem: (message: string) => void
  #isProblemTold = false
  /** What this process has written since the folder was looked through; infinite before it was. */
  #writtenBytes = Number.POSITIVE_INFINITY
  #pruning: Promise<void> | undefined

  constructor(directory: string, { maxBytes = defaultMaxBytes, onProblem = () => {} }: AnswerFolderOptions = {}) {
    this.directory = directory
    this.#maxBytes = maxBytes
    this.#onProblem = onProblem
  }

  /**
   * Makes the folder.
   *
   * @throws SygraError `not_writable`
   */
  open(): void {
    try {
      makeDirectory(this.directory)
    } catch (error) {
      throw new SygraError('not_writable', `the cache folder ${this.directory} cannot be made: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }

  /** The answer that is kept at a place; undefined where there is none that can be read. */
  read(place: AnswerPlace): ReturnType<typeof parseKeptAnswer> {
    const path = this.pathOf(place)
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch {
      return undefined
    }
    const answer = parseKeptAnswer(text, place)
    if (answer === undefined) removeQuietly(path)
    return answer
  }

  /** Keeps an answer; where that is not possible, it is told of once. */
  write(place: AnswerPlace, answer: KeptAnswer): void {
    const path = this.pathOf(place)
    const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
    try {
      const text = formatKeptAnswer(place, answer, nowMs())
      this.#put(temporary, text)
      renameSync(temporary, path)
      this.#writtenBytes += Buffer.byteLength(text)
      if (this.#writtenBytes > this.#maxBytes / 10) this.#prune()
    } catch (error) {
      removeQuietly(temporary)
      this.#tell(error)
    }
  }

  remove(place: AnswerPlace): void {
    removeQuietly(this.pathOf(place))
  }

  /** The file of an answer: in one of 256 folders, since some file systems are slow with many files in one. */
  pathOf({ key, sample }: AnswerPlace): string {
    return join(this.directory, key.slice(0, 2), `${key.slice(2)}-${sample}.json`)
  }

  /** Waits until what is too much has been removed. */
  async settle(): Promise<void> {
    await this.#pruning
  }

  #put(path: string, text: string): void {
    try {
      writeFileSync(path, text, { mode: fileMode() })
    } catch (error) {
      if (!isMissing(error)) throw error
      makeDirectory(join(path, '..'))
      writeFileSync(path, text, { mode: fileMode() })
    }
  }

  #prune(): void {
    this.#writtenBytes = 0
    const prune = async () => pruneFolder(await listFolder(this.directory), this.#maxBytes)
    this.#pruning = (this.#pruning ?? Promise.resolve()).then(prune).then(
      () => {},
      () => {},
    )
  }

  #tell(error: unknown): void {
    if (this.#isProblemTold) return
    this.#isProblemTold = true
    this.#onProblem(
      `answers cannot be kept in ${this.directory} (${messageOf(error)}): the run goes on, and pays for them again next time`,
    )
  }
}

interface AnswerFolderOptions {
  /** Default: 1 GB. When there is more, the oldest answers are removed. */
  readonly maxBytes?: number
  readonly onProblem?: (message: string) => void
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
