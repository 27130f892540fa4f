import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectWithTask, start, until } from '../helpers/fault-project.ts'
import { hasRedis, startRedis } from '../helpers/redis-server.ts'

test.skipIf(!hasRedis())('a run says how a worker is started, and puts no password into that command', async () => {
  const password = 'pw-4712-of-the-tests'
  const redis = await startRedis({ password })
  const directory = projectWithTask({ records: 2, isLambdaOnly: true })
  const environment = { SYGRA_REDIS_URL: `redis://:${password}@127.0.0.1:${redis.port}` }
  const args = ['run', '-t', 'echo', '-n', 'all', '-od', join(directory, 'out'), '--quiet', '--workers', 'redis']
  const run = start(directory, args, environment)
  await until(() => run.stderr().includes('Waiting for workers'), run)
  expect(run.stderr()).toMatch(/sygra worker redis, with SYGRA_REDIS_URL/)
  const worker = start(directory, ['worker', 'redis'], environment)
  expect(await run.ended).toBe(0)
  worker.child.kill('SIGTERM')
  await worker.ended
  redis.stop()
  expect(`${run.stderr()}${worker.stderr()}`).not.toContain(password)
  expect(worker.stderr()).toContain('w1: ')
})
