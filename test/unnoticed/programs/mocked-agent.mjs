import { MockAgent, request, setGlobalDispatcher, fetch as undiciFetch } from 'undici'
import { post, tell } from '../ask.mjs'

const agent = new MockAgent()
agent.disableNetConnect()
setGlobalDispatcher(agent)
const place = { path: '/v1/chat/completions', method: 'POST' }
const answer = { id: 'x', model: 'gpt-4o-mini', choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }
agent.get('https://api.openai.com').intercept(place).reply(200, answer).times(2)
const url = 'https://api.openai.com/v1/chat/completions'
await tell('fetch of the package', async () => (await undiciFetch(url, post())).text())
await tell('request', async () => (await request(url, post())).body.text())
await tell('one too many', () => undiciFetch(url, post()))
console.log(agent.pendingInterceptors().length)
