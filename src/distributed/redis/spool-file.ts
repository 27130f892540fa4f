import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { FromWorker } from '../messages.ts'

/** Lines told at a time. */
const chunkLength = 256 * 1024

/** Where a worker keeps the lines of its ledger that nobody could be told. */
export function spoolPathOf(
  directory: string,
  { runId, worker }: { readonly runId: string; readonly worker: string },
): string {
  return join(directory, `${runId}.${worker}.jsonl`)
}

/** The files of lines that are kept for a run. */
export function spoolsOf(directory: string, runId: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.startsWith(`${runId}.`) && name.endsWith('.jsonl'))
    return names.map((name) => join(directory, name))
  } catch {
    return []
  }
}

type Spooled = Extract<FromWorker, { readonly type: 'spooled' }>

/** Tells what was kept for a coordinator that was gone to the one that has come. What is told twice counts once. */
export class SpoolDelivery {
  readonly #send: (lines: Spooled) => void
  /** What is to happen when the lines of a number are kept. */
  readonly #unkept = new Map<number, () => void>()
  readonly #running = new Set<Promise<unknown>>()
  #number = 0

  constructor(send: (lines: Spooled) => void) {
    this.#send = send
  }

  /** Tells the lines of a file, removes it once all are kept, and gives the name of the worker whose they were. */
  deliver(path: string): Promise<string> {
    const delivery = this.#deliver(path).finally(() => this.#running.delete(delivery))
    this.#running.add(delivery)
    return delivery
  }

  /** The lines of that number are on the disk of the coordinator. */
  kept(number: number): void {
    this.#unkept.get(number)?.()
    this.#unkept.delete(number)
  }

  /** Resolves when everything that is being told is kept. */
  async done(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  async #deliver(path: string): Promise<string> {
    const worker = basename(path).split('.').at(-2) ?? ''
    const told: Promise<void>[] = []
    let text = ''
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (line !== '') text += `${line}\n`
      if (text.length < chunkLength) continue
      told.push(this.#tell(worker, text))
      text = ''
    }
    if (text !== '') told.push(this.#tell(worker, text))
    await Promise.all(told)
    rmSync(path, { force: true })
    return worker
  }

  #tell(worker: string, text: string): Promise<void> {
    this.#number += 1
    const number = this.#number
    const kept = new Promise<void>((resolve) => this.#unkept.set(number, resolve))
    this.#send({ type: 'spooled', number, worker, text })
    return kept
  }
}
