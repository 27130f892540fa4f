import { afterAll, beforeAll, expect, test } from 'vitest'
import { announced } from '../../src/distributed/redis/announcement.ts'
import { connectRedis, redisAddress } from '../../src/distributed/redis/connect.ts'
import { Link, readFrame } from '../../src/distributed/redis/link.ts'
import { mailboxes, post, readMailbox } from '../../src/distributed/redis/mailbox.ts'
import { RedisTransport } from '../../src/distributed/redis/redis-transport.ts'
import type { CoordinatorSays, WorkerSays } from '../../src/distributed/redis/words.ts'
import { readEnvironment } from '../../src/runtime/environment.ts'
import { hasRedis, startRedis, type TestRedis } from '../helpers/redis-server.ts'

let redis: TestRedis
beforeAll(async () => {
  if (hasRedis()) redis = await startRedis()
})
afterAll(() => redis?.stop())

/** A coordinator, and a worker made by hand that says what a test has it say. */
async function conversation() {
  const address = redisAddress(`redis://127.0.0.1:${redis.port}`)
  const heard: CoordinatorSays['type'][] = []
  const coordinator = new RedisTransport({
    ...{ address, runId: 'run', task: 'echo', leaseSeconds: 30, mostPlaces: undefined, unsettled: [] },
    ...{ newName: () => 'w1', onNotice: () => {} },
    beginOf: (worker) => ({
      ...{ worker, runId: 'run', task: { taskName: 'echo', directory: '.', config: {} }, runArgs: {} },
      ...{ simulatorUrl: undefined, countsTokens: false, functionFiles: {}, ledgerPath: '' },
      ...{ graceSeconds: 1, heartbeatSeconds: 1 },
    }),
  })
  await coordinator.open({
    ...{
      joined: async () => {},
      heard: () => {},
      taken: () => {},
      silent: () => {},
      places: () => {},
      broken: () => {},
    },
    gone: () => {},
  })
  const connections = await connectRedis(address, () => {})
  const [announcement] = await announced(connections.commands)
  if (announcement === undefined) throw new Error('the run is not announced')
  const boxes = mailboxes('run', announcement.session)
  const link = new Link<WorkerSays, CoordinatorSays>({
    from: 'a-worker',
    push: (frames) => post(connections, boxes.up, frames),
    onMessage: ({ type }) => void heard.push(type),
  })
  const reading = readMailbox(connections, boxes.down('a-worker'), (bytes) => {
    const frame = readFrame<CoordinatorSays>(bytes)
    if (frame !== undefined) link.receive(frame)
  })
  const close = async () => {
    reading.stop()
    link.close()
    connections.close()
    await coordinator.close()
  }
  return { link, heard, close }
}

test.skipIf(!hasRedis())(
  'a worker that has told everything is not taken for lost when its process says once more that it is there',
  async () => {
    const { link, heard, close } = await conversation()
    void link.send({ type: 'hello', environment: readEnvironment(), concurrency: 1 })
    await expect.poll(() => heard).toEqual(['begin'])
    void link.send({ type: 'ready', environment: readEnvironment() })
    void link.send({ type: 'bye' })
    await link.settled(20_000)
    void link.send({ type: 'alive' })
    // All of it has been heard, and would have been answered by now.
    await link.settled(20_000)
    void link.send({ type: 'alive' })
    await link.settled(20_000)
    expect(heard).not.toContain('turned-away')
    await close()
  },
)
