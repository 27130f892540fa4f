import { post, url } from '../ask.mjs'

let rounds = 0
process.on('beforeExit', async () => {
  if (rounds++ < 2) console.log('asks again', (await fetch(url(), post())).status)
})
process.on('uncaughtExceptionMonitor', (error, origin) => console.log('seen', origin, error.message))
process.on('exit', (code) => console.log('exit', code))
process.on('exit', () => {
  process.exitCode = 5
})
