import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder } from './scratch-folder.ts'

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** A certificate for 127.0.0.1 that nobody has signed but itself. */
export async function selfSigned(): Promise<{
  readonly key: string
  readonly cert: string
  readonly certPath: string
  readonly keyPath: string
}> {
  const folder = await scratchFolder()
  const [keyPath, certPath] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const files = ['-keyout', keyPath, '-out', certPath]
  spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject])
  return { key: readFileSync(keyPath, 'utf8'), cert: readFileSync(certPath, 'utf8'), certPath, keyPath }
}
