import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { Redis } from 'ioredis'

/** Starts a Redis that keeps nothing on a disk; undefined where there is none to be started. */
export async function startRedisServer() {
  const port = await freePort()
  const server = spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], {
    stdio: 'ignore',
  })
  const isThere = await Promise.race([
    new Promise((resolve) => server.once('error', () => resolve(false))),
    new Promise((resolve) => setTimeout(() => resolve(true), 500)),
  ])
  if (!isThere) return undefined
  const address = `redis://127.0.0.1:${port}`
  const redis = new Redis(address)
  const stop = () => {
    redis.disconnect()
    server.kill()
  }
  return { address, state: () => stateOf(redis), clear: () => redis.flushall(), stop }
}

/** What it has done until now. */
async function stateOf(redis) {
  const text = `${await redis.info('stats')}${await redis.info('cpu')}`
  const read = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1])
  return {
    bytes: read('total_net_input_bytes'),
    commands: read('total_commands_processed'),
    cpuSeconds: read('used_cpu_user') + read('used_cpu_sys'),
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
