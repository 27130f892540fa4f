import http from 'node:http'
import { post, question, tell, url } from '../ask.mjs'

await tell('fetch', async () => (await fetch(url(), post())).status)
await tell('code from a text', () => Function('return 1')())
await tell('a frozen name', () => {
  Array.prototype.own = 1
  return 'not frozen'
})
await tell(
  'http',
  () =>
    new Promise((done) =>
      http.request(url(), { method: 'POST' }, (answer) => done(answer.resume().statusCode)).end(question),
    ),
)
