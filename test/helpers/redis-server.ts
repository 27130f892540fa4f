import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from './local-server.ts'

/** A Redis of the tests' own. */
export interface TestRedis {
  readonly port: number
  /** Ends it as `kill -9` does, and starts it anew; without a log on its disk all it held is gone. */
  readonly killAndStart: () => Promise<void>
  /** Has it do a command, as somebody else's client would. */
  readonly command: (name: string, ...words: readonly string[]) => Promise<unknown>
  readonly stop: () => void
}

/** Whether there is a Redis here; where tests must not be skipped there has to be one. */
export function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch (error) {
    if (process.env.SYGRA_TEST_REQUIRE?.split(',').includes('redis')) throw error
    return false
  }
}

export interface TestRedisOptions {
  readonly password?: string
  /** Speaks TLS and nothing else, with the certificate and the key in these files. */
  readonly tls?: { readonly certPath: string; readonly keyPath: string }
}

/** Starts a Redis that keeps nothing on its disk. */
export async function startRedis({ password, tls }: TestRedisOptions = {}): Promise<TestRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-redis-'))
  const port = await freePort()
  const files = tls && [
    '--tls-cert-file',
    tls.certPath,
    '--tls-key-file',
    tls.keyPath,
    '--tls-ca-cert-file',
    tls.certPath,
  ]
  const options = [
    ...(password === undefined ? [] : ['--requirepass', password]),
    ...(files === undefined ? ['--port', String(port)] : ['--port', '0', '--tls-port', String(port), ...files]),
    ...(files === undefined ? [] : ['--tls-auth-clients', 'no']),
  ]
  let child: ChildProcess
  const startIt = async () => {
    const args = ['--bind', '127.0.0.1', '--dir', directory, '--save', '', ...options]
    child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += String(chunk)
    })
    while (!text.includes('Ready to accept connections')) {
      if (child.exitCode !== null) throw new Error(text)
      await wait(10)
    }
  }
  const kill = () =>
    new Promise<void>((done) => {
      child.on('exit', () => done())
      child.kill('SIGKILL')
    })
  await startIt()
  return {
    port,
    killAndStart: async () => {
      await kill()
      await startIt()
    },
    command: async (name, ...words) => {
      const client = new Redis(port, '127.0.0.1', {
        password,
        ...(tls === undefined ? {} : { tls: { rejectUnauthorized: false } }),
      })
      try {
        return await client.call(name, ...words)
      } finally {
        client.disconnect()
      }
    },
    stop: () => {
      child.kill('SIGKILL')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
