import { AsyncLocalStorage } from 'node:async_hooks'
import http from 'node:http'
import { post, question, url } from '../ask.mjs'

const storage = new AsyncLocalStorage()
const tell = (name) => console.log(name, storage.getStore())
await storage.run(1, async () => {
  const answer = await fetch(url(), post())
  tell('answered')
  await answer.json()
  tell('read')
  for await (const _ of (await fetch(url('stream'), post())).body)
    if (storage.getStore() !== 1) tell('lost in a stream')
  storage.enterWith(2)
  const asking = fetch(url(), post())
  tell('asking')
  await (await asking).text()
  tell('asked')
})
tell('outside')
await new Promise((done) =>
  storage.run(3, () => {
    const request = http.request(url(), { method: 'POST' }, (answer) => {
      tell('answer of http')
      answer
        .once('data', () => tell('data'))
        .on('end', () => tell('end'))
        .on('close', done)
    })
    request.on('socket', () => tell('socket'))
    storage.run(4, () => request.end(question))
  }),
)
