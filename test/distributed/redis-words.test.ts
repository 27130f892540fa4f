import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectWithTask, start, until } from '../helpers/fault-project.ts'
import { hasRedis, startRedis } from '../helpers/redis-server.ts'
import { runCliInShared } from '../helpers/run-cli.ts'
import { hasOpenssl, selfSigned } from '../helpers/self-signed.ts'

test.skipIf(!hasRedis() || !hasOpenssl)(
  'a run over TLS says how a worker is started, and puts no password into that command; a certificate nobody knows is refused',
  async () => {
    const password = 'pw-4712-of-the-tests'
    const { certPath, keyPath } = await selfSigned()
    const redis = await startRedis({ password, tls: { certPath, keyPath } })
    const directory = projectWithTask({ records: 2, isLambdaOnly: true })
    const address = { SYGRA_REDIS_URL: `rediss://:${password}@127.0.0.1:${redis.port}` }
    const environment = { ...address, NODE_EXTRA_CA_CERTS: certPath }
    const args = ['run', '-t', 'echo', '-n', 'all', '-od', join(directory, 'out'), '--quiet', '--workers', 'redis']
    const run = start(directory, args, environment)
    await until(() => run.stderr().includes('Waiting for workers'), run)
    expect(run.stderr()).toMatch(/sygra worker redis, with SYGRA_REDIS_URL/)
    const stranger = await runCliInShared(['worker', 'redis'], { directory, environment: address })
    expect(stranger.code).toBe(1)
    expect(stranger.stderr).toMatch(
      /cannot be reached: its certificate is signed by itself \(DEPTH_ZERO_SELF_SIGNED_CERT\); .*NODE_EXTRA_CA_CERTS/,
    )
    const worker = start(directory, ['worker', 'redis'], environment)
    expect(await run.ended).toBe(0)
    worker.child.kill('SIGTERM')
    await worker.ended
    redis.stop()
    expect(`${run.stderr()}${worker.stderr()}${stranger.stderr}`).not.toContain(password)
    expect(worker.stderr()).toContain('w1: ')
  },
)
