import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder of its own for the running test, removed when it ends. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sygra-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file into a folder of its own for the running test; gives its path. */
export async function scratchFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await scratchFolder(), name)
  await writeFile(path, content)
  return path
}
