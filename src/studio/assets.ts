import { readdir, readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { SygraError } from '../errors.ts'

/** The files of the page by their path in it. */
export type Assets = ReadonlyMap<string, Asset>

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>
  readonly contentType: string
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * Reads the page that the build made, all of it: what is served later is never looked up on the disk.
 *
 * @throws SygraError `not_found` when there is none.
 */
export async function readAssets(directory: string): Promise<Assets> {
  const names = await readdir(directory, { recursive: true }).catch(() => [])
  const assets = new Map<string, Asset>()
  for (const name of names) {
    const contentType = contentTypes[extname(name)]
    if (contentType === undefined) continue
    assets.set(name.split(sep).join('/'), { body: new Uint8Array(await readFile(join(directory, name))), contentType })
  }
  if (assets.has('index.html')) return assets
  throw new SygraError('not_found', `${directory}: the page of the studio is not there; npm run build makes it`)
}
