import { expect, test, vi } from 'vitest'

async function processWith(nodeOptions: string) {
  vi.resetModules()
  vi.stubEnv('NODE_OPTIONS', nodeOptions)
  return { ...(await import('./settings.ts')), ...(await import('../telemetry/otel-settings.ts')) }
}

test('a process has the settings of whoever started it, unless it has its own, and no address with a key', async () => {
  const { withSettings } = await processWith('')
  vi.stubEnv('SYGRA_OTEL', '1')
  vi.stubEnv('SYGRA_TASK', 'theirs')
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318')
  vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://user:secret@collector:4318/v1/traces')
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=secret')
  const url = withSettings('file:///x/register.js')
  expect(decodeURIComponent(url)).not.toContain('secret')
  vi.unstubAllEnvs()
  const { environmentWithSettings, settingOf, wantsOtlp } = await processWith(`--import ${url}`)
  vi.stubEnv('SYGRA_TASK', 'mine')
  expect([settingOf('SYGRA_OTEL'), settingOf('SYGRA_TASK'), settingOf('SYGRA_LEDGER')]).toEqual([
    '1',
    'mine',
    undefined,
  ])
  expect(environmentWithSettings().OTEL_EXPORTER_OTLP_ENDPOINT).toBe('http://collector:4318')
  expect(wantsOtlp()).toBe(true)
  const other = await processWith('')
  expect(other.settingOf('SYGRA_OTEL')).toBeUndefined()
  vi.unstubAllEnvs()
})
