import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Starts the model that costs nothing, which answers after so many milliseconds; gives its address and what ends it. */
export async function startChatServer({ delayMs = 0 } = {}) {
  const server = fork(fileURLToPath(new URL('_chat-server.mjs', import.meta.url)), [String(delayMs)], { execArgv: [] })
  const port = await new Promise((resolve) => server.once('message', resolve))
  return { url: `http://127.0.0.1:${port}`, stop: () => server.kill() }
}
