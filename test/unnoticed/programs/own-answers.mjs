import { post, url } from '../ask.mjs'

const { fetch } = globalThis
class OwnResponse extends Response {
  get greeting() {
    return 'hi'
  }
  async json() {
    return { isMine: true, ...(await super.json()) }
  }
}
globalThis.fetch = async (...args) => {
  const answer = await fetch(...args)
  return new OwnResponse(answer.body, answer)
}
const answer = await globalThis.fetch(url(), post())
console.log(answer instanceof OwnResponse, answer.constructor.name, answer.greeting, Object.keys(answer))
console.log((await answer.json()).isMine, globalThis.fetch.length)
