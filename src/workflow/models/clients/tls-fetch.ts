import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { messageOf, SygraError } from '../../../errors.ts'
import type { ResolvedModel } from '../resolve-model.ts'
import { missingPackage } from './client-parts.ts'

/** A fetch that judges the certificates of servers as a model says; Node's own fetch can be told that for the process only. */
export async function fetchWithTls(model: ResolvedModel): Promise<typeof globalThis.fetch> {
  if (model.tls === undefined) return globalThis.fetch
  const { isUnchecked, certificatesPath } = model.tls
  const { Agent, fetch } = await loadUndici(model)
  const ca =
    certificatesPath === undefined ? undefined : [...rootCertificates, readCertificates(model, certificatesPath)]
  const dispatcher = new Agent({ connect: { rejectUnauthorized: !isUnchecked, ca } })
  const send = (input: unknown, init: unknown) =>
    Reflect.apply(fetch, undefined, [input, { ...Object(init), dispatcher }])
  return (input, init) => send(input, init)
}

function readCertificates({ name }: ResolvedModel, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new SygraError('bad_config', `model "${name}": ssl_cert ${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

async function loadUndici(model: ResolvedModel) {
  try {
    return await import('undici')
  } catch (error) {
    throw missingPackage('undici', model, error)
  }
}
