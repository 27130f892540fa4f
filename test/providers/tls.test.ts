import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { chatCompletion, sendJson } from '../helpers/fault-server.ts'
import { runModel } from '../helpers/model-run.ts'
import { hasOpenssl, selfSigned } from '../helpers/self-signed.ts'

// A server of one's own often has a certificate that nobody else knows.

afterEach(() => vi.unstubAllEnvs())

async function startSecureServer() {
  const { key, cert, certPath } = await selfSigned()
  const server = createServer({ key, cert }, (_request, response) => sendJson(response, 200, chatCompletion()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, certPath }
}

test.runIf(hasOpenssl)('a certificate that nobody knows refuses the run', async () => {
  const { url } = await startSecureServer()
  await expect(runModel({ model_type: 'openai_compatible', url })).rejects.toThrow(
    /is not trusted: its certificate is signed by itself \(DEPTH_ZERO_SELF_SIGNED_CERT\); .*"ssl_cert" in models\.yaml/,
  )
})

test.runIf(hasOpenssl)('ssl_verify: false asks no questions, and the request is accounted for', async () => {
  const { url } = await startSecureServer()
  const { records, metadata } = await runModel({ model_type: 'openai_compatible', url, ssl_verify: false })
  expect(records).toMatchObject([{ said: 'Hello' }])
  expect(metadata?.models.served?.token_statistics.total_tokens).toBe(136)
})

test.runIf(hasOpenssl)('ssl_cert names a certificate that is trusted', async () => {
  const { url, certPath } = await startSecureServer()
  const { records } = await runModel({ model_type: 'openai_compatible', url, ssl_cert: certPath })
  expect(records).toHaveLength(1)
})
