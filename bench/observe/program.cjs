// Asks a model again and again with the plain client; prints the CPU that a call has taken, in microseconds. What watches it
// may leave two functions: one for the client, one that sends what is still to be sent.
const { OpenAI } = require('openai')

const kind = process.argv[2]
// Until all is compiled that will be: that takes longer the more code there is, and is no cost of a call.
const counts = { json: { warmUp: 4_000, measured: 2_000 }, stream: { warmUp: 200, measured: 150 } }[kind]
const { wrap = (client) => client, flush = async () => {} } = globalThis.benchObserver ?? {}

const client = wrap(new OpenAI({ apiKey: 'k', baseURL: `${process.env.MODEL_URL}/v1` }))
const messages = [{ role: 'user', content: 'x'.repeat(2_000) }]

async function ask(count) {
  for (let index = 0; index < count; index += 1) {
    if (kind === 'json') await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
    else {
      const options = { model: 'gpt-4o-mini', messages, stream: true, stream_options: { include_usage: true } }
      for await (const _ of await client.chat.completions.create(options));
    }
  }
}

async function main() {
  await ask(counts.warmUp)
  await flush()
  const started = process.cpuUsage()
  await ask(counts.measured)
  await flush()
  const { user, system } = process.cpuUsage(started)
  process.stdout.write(String((user + system) / counts.measured))
  process.exit(0)
}

main()
