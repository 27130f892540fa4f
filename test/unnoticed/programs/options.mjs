import { post, tell, url } from '../ask.mjs'

const options = [
  { keepalive: true },
  { redirect: 'manual' },
  { redirect: 'error' },
  { integrity: 'sha256-abc' },
  { mode: 'no-cors' },
  { credentials: 'include' },
  { cache: 'no-store' },
  { cache: 'only-if-cached' },
  { referrer: 'about:client' },
  { window: 1 },
  { priority: 'high' },
  { method: 'post' },
  { method: 'GET' },
  { duplex: 'full' },
  { headers: [['a']] },
  { headers: { 'bad\n': '1' } },
  { signal: {} },
  ...['text', null, undefined, { a: 1 }].map((reason) => ({ signal: AbortSignal.abort(reason) })),
]
for (const init of options) {
  for (const way of ['json', 'redirect']) {
    await tell(`${way} ${JSON.stringify(init)}`, async () => {
      const answer = await fetch(url(way), post(init))
      return [answer.status, answer.type, answer.redirected, (await answer.text()).length].join()
    })
  }
}
const calls = [[], [null], [{}], [Symbol('s')], [url(), 1], [url(), 'x'], [url(), null], [`${url()}#part`, post()]]
for (const [index, args] of [
  ...calls,
  ['/relative', post()],
  ['http://user:pw@127.0.0.1/v1/chat/completions', post()],
].entries()) {
  await tell(`call ${index}`, async () => (await fetch(...args)).status)
}
