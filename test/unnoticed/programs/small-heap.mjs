import { once } from 'node:events'
import { isMainThread, Worker } from 'node:worker_threads'
import { post, tell, url } from '../ask.mjs'

// A thread whose heap has room for its own work and for nothing beside it.
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 12 } })
  worker.on('error', ({ code }) => console.log('the worker', code))
  console.log('ended with', await once(worker, 'exit'))
} else {
  for (let index = 0; index < 5; index += 1) await tell('json', async () => (await fetch(url(), post())).text())
}
