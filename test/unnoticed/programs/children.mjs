import cluster from 'node:cluster'
import { post, url } from '../ask.mjs'

if (cluster.isPrimary) {
  const worker = cluster.fork()
  worker.on('message', (message) => console.log('told', message))
  worker.on('disconnect', () => console.log('disconnected'))
  worker.on('exit', (code, signal) => console.log('exit', code, signal))
} else {
  const answer = await fetch(url(), post())
  process.on('message', () => {})
  process.send({ status: answer.status, length: (await answer.text()).length }, () => process.exit(3))
}
