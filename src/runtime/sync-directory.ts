import { open } from 'node:fs/promises'

/** Waits until the names in a folder are on the disk itself; where a folder cannot be asked for that, does nothing. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, 'r')
    await directory.sync().finally(() => directory.close())
  } catch {}
}
