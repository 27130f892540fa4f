import { post, url } from '../ask.mjs'

async function askThere() {
  await fetch('http://127.0.0.1:1/v1/chat/completions', post())
}
function askBadly() {
  return fetch(url(), post({ headers: { 'bad\n': '1' } }))
}
// The program's own lines are in the stack, whatever else is.
for (const ask of [askThere, askBadly]) {
  const error = await ask().catch((reason) => reason)
  console.log(ask.name, `${error.stack} ${error.cause?.stack}`.includes('stacks.mjs'), Error.stackTraceLimit)
}
Error.stackTraceLimit = 4
Error.prepareStackTrace = (error, sites) => `${error.message} ${sites.length}`
await (await fetch(url(), post())).text()
console.log(new Error('mine').stack)
