import { post, url } from '../ask.mjs'

process.on('exit', (code) => console.log('exit', code))
process.on('uncaughtExceptionMonitor', (error, origin) => console.log('seen', origin, error.message))
await (await fetch(url(), post())).text()
setTimeout(() => console.log('never'), 60_000)
Promise.reject(new Error('mine'))
