import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseMetadata } from '../../src/metadata/parse.ts'
import type { Metadata } from '../../src/metadata/schema.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const registerUrl = pathToFileURL(join(root, 'dist', 'instrument', 'register.js')).href

export interface ProgramEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly files: readonly Metadata[]
}

export interface ProgramOptions {
  /** Called when the program says that it is ready, before the signal is sent. */
  readonly whenReady?: () => void
  readonly name: string
  /** Where its metadata goes. */
  readonly directory: string
  readonly environment?: Readonly<Record<string, string>>
  /** Sent when the program says that it is ready. */
  readonly signal?: NodeJS.Signals
  readonly isRegistered?: boolean
}

/** Runs a program of `test/fixtures/programs` with the built package preloaded; gives how it ended and what it left. */
export async function runProgram(options: ProgramOptions): Promise<ProgramEnd> {
  const { name, directory, environment, signal, whenReady, isRegistered = true } = options
  const child = fork(join(root, 'test', 'fixtures', 'programs', name), {
    execArgv: isRegistered ? ['--import', registerUrl] : [],
    env: { ...process.env, NODE_OPTIONS: '', SYGRA_OUTPUT_DIR: directory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk)
  })
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk)
  })
  child.once('message', () => {
    whenReady?.()
    if (signal !== undefined) child.kill(signal)
  })
  await once(child, 'close')
  return { code: child.exitCode, signal: child.signalCode, stdout, stderr, files: metadataIn(directory) }
}

/** The metadata files below an output directory. */
export function metadataIn(directory: string): readonly Metadata[] {
  let names: string[]
  try {
    names = readdirSync(join(directory, 'metadata'))
  } catch {
    return []
  }
  const files = names.filter((name) => /^metadata_.*\.json$/.test(name)).sort()
  return files.map((name) => parseMetadata(readFileSync(join(directory, 'metadata', name), 'utf8'), name))
}
