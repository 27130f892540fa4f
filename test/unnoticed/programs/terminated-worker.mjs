import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { question, url } from '../ask.mjs'

const code = `
  const { parentPort, workerData } = require('node:worker_threads')
  fetch(workerData.url, { method: 'POST', body: workerData.question }).then(async (answer) => {
    for await (const chunk of answer.body) parentPort.postMessage(chunk.length > 0)
  })`
const worker = new Worker(code, { eval: true, workerData: { url: url('endless'), question } })
worker.on('exit', (exitCode) => console.log('exit', exitCode))
console.log(await once(worker, 'message'))
console.log(await worker.terminate())
