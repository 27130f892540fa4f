import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Started, start } from '../helpers/fault-project.ts'
import { hasRedis, startRedis, type TestRedis } from '../helpers/redis-server.ts'
import type { TestedTransport } from './contract.ts'

/** The password of the Redis of the tests, which must stand nowhere. */
export const password = 'pw-4711-of-the-tests'

/** A worker, and the folder that it was started in. */
export interface Host extends Started {
  readonly folder: string
}

interface HostOptions {
  /** How many records it does at once. */
  readonly atOnce?: number
  readonly environment?: NodeJS.ProcessEnv
  /** As `start` has it. */
  readonly shell?: string
  /** Where it reaches the Redis, when that is not the Redis itself. */
  readonly port?: number
}

/** A Redis for the tests of a file, and the workers that they start on "other machines": folders of their own. */
export class OverRedis implements TestedTransport {
  readonly comeTogether = false
  /** The workers of the test that runs. */
  hosts: Host[] = []
  readonly #folders: string[] = []
  #redis: TestRedis | undefined
  #database = 0

  constructor() {
    beforeAll(async () => {
      if (hasRedis()) this.#redis = await startRedis({ password })
    })
    afterEach(async () => {
      for (const { child } of this.hosts) child.kill('SIGKILL')
      await Promise.all(this.hosts.map(({ ended }) => ended))
      this.hosts = []
    })
    afterAll(() => {
      this.#redis?.stop()
      for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
    })
  }

  get redis(): TestRedis {
    if (this.#redis === undefined) throw new Error('there is no Redis here')
    return this.#redis
  }

  address(port: number = this.redis.port): string {
    return `redis://:${password}@127.0.0.1:${port}/${this.#database}`
  }

  newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'sygra-worker-'))
    this.#folders.push(folder)
    return folder
  }

  /** A worker in a folder that is not that of the run. */
  startHost(directory: string, { atOnce = 4, environment, shell, port }: HostOptions = {}): Host {
    const folder = this.newFolder()
    cpSync(join(directory, 'tasks'), join(folder, 'tasks'), { recursive: true })
    const words = ['worker', 'redis', '--concurrency', String(atOnce)]
    const started = start(folder, words, { SYGRA_REDIS_URL: this.address(port), ...environment }, shell)
    const host = { ...started, folder }
    this.hosts.push(host)
    return host
  }

  readonly open = async (directory: string, atOnce?: number) => {
    this.#database = (this.#database + 1) % 16
    let there = 0
    return (workers: number) => {
      for (; there < workers; there += 1) this.startHost(directory, { atOnce })
      return ['--workers', this.address()]
    }
  }
}
