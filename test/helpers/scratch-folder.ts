import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, TestRunner } from 'vitest'

/**
 * A folder of its own for the running test, removed when it ends. Of tests that run at once nobody knows which one asks: one would
 * have its folder removed as another ends.
 */
export async function scratchFolder(): Promise<string> {
  if (TestRunner.getCurrentTest()?.concurrent)
    throw new Error('a test that runs beside others has to keep its folders itself')
  // Nothing is waited for before it is known whose it is.
  const folder = mkdtempSync(join(tmpdir(), 'sygra-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file into a folder of its own for the running test; gives its path. */
export async function scratchFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await scratchFolder(), name)
  await writeFile(path, content)
  return path
}
