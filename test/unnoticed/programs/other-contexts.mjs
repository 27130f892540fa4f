import domain from 'node:domain'
import vm from 'node:vm'
import { post, said, tell, url } from '../ask.mjs'

const context = vm.createContext({ fetch, url, post, console, URL })
const code = `(async () => {
  const answer = await fetch(url(), { ...post(), headers: new Map([['content-type', 'application/json']]) })
  return [answer.status, (await answer.json()).id, (await fetch(new URL(url()), post({ body: new Uint8Array([123, 125]) }))).status]
})()`
await tell('another context', () => vm.runInContext(code, context))
const own = domain.create()
own.on('error', (error) => console.log('domain', said(error)))
own.run(() => {
  fetch(url(), post()).then(() => {
    throw new Error('mine')
  })
})
