import { post, url } from '../ask.mjs'

process.on('exit', (code) => console.log('exit', code))
const reader = (await fetch(url('endless'), post())).body.getReader()
await reader.read()
process.exit(7)
