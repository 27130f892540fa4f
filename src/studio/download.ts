import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

/** A file as it stands on the disk, to be saved and never to be shown as a page. */
export async function downloadOf(path: string): Promise<Response> {
  const name = basename(path).replaceAll(/[^\w.-]/g, '_')
  return new Response(new Uint8Array(await readFile(path)), {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
    },
  })
}
