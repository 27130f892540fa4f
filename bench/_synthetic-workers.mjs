// Many workers in one process: each has connections and a conversation of its own with the coordinator, and says for a record all
// that a real one says, but asks no model and does nothing meanwhile. Its parent gives it work and is told how much was done.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { announced } from '../dist/distributed/redis/announcement.js'
import { connectRedis } from '../dist/distributed/redis/connect.js'
import { Link, readFrame } from '../dist/distributed/redis/link.js'
import { mailboxes, post, readMailbox } from '../dist/distributed/redis/mailbox.js'
import { formatLedgerLine } from '../dist/runtime/ledger/ledger-line.js'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const [url, workersText, modelSecondsText] = process.argv.slice(2)
const [workers, modelSeconds] = [Number(workersText), Number(modelSecondsText)]

/** What a request comes to, as in the ledger of a real run. */
const answered = {
  upstreamModel: 'gpt-4o-mini',
  status: 200,
  operation: 'chat',
  finishReason: 'stop',
  serviceTier: 'default',
  responseId: 'chatcmpl-addf7164f6ec6ff5353c5964',
  usage: { cacheRead: 0, inputAudio: 0, input: 14, reasoning: 0, outputAudio: 0, output: 68 },
  rawUsage: {
    prompt_tokens: 14,
    completion_tokens: 68,
    total_tokens: 82,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0 },
  },
  isAnnounced: true,
  cost: {
    status: 'priced',
    picodollars: 42_900_000,
    price: {
      source: '@pydantic/genai-prices',
      version: '0.1.8',
      provider: 'openai',
      product: 'gpt-4o-mini',
      tier: 'standard',
      date: '2026-11-29',
      listedOn: '2026-09-23',
      page: 'https://developers.openai.com/api/docs/pricing',
    },
    lines: [
      { tokenClass: 'input', tokens: 14, usdPerMillion: 0.15, picodollars: 2_100_000 },
      { tokenClass: 'output', tokens: 68, usdPerMillion: 0.6, picodollars: 40_800_000 },
    ],
  },
}

const counts = { joined: 0, done: 0 }
const address = { url, text: url }
const first = await connectRedis(address, () => {})
const announcement = await found()
first.close()
await Promise.all(Array.from({ length: workers }, () => work()))
setInterval(() => process.send(counts), 200)

async function found() {
  for (;;) {
    const [run] = await announced(first.commands)
    if (run !== undefined) return run
    await wait(100)
  }
}

async function work() {
  const from = randomUUID()
  const redis = await connectRedis(address, () => {})
  const { up, down } = mailboxes(announcement.runId, announcement.session)
  const granted = new Map()
  const ledger = newLedger((message) => say(message))
  let worker = ''
  let asked = 0
  const link = new Link({
    from,
    push: (frames) => post(redis, up, frames),
    onMessage: (message) => {
      if (message.type === 'begin') {
        worker = message.begin.worker
        counts.joined += 1
        say({ type: 'ready', environment: { nodeVersion: process.version, sygraVersion: version } })
      } else if (message.type === 'record') void carryOut(message.record)
      else if (message.type === 'granted') granted.get(message.number)?.()
      else if (message.type === 'end') {
        say({ type: 'bye' })
        clearInterval(heartbeat)
      }
    },
  })
  const say = (message) => link.send(message).catch(() => {})
  readMailbox(redis, down(from), (bytes) => {
    const frame = readFrame(bytes)
    if (frame !== undefined) link.receive(frame)
  })
  const heartbeat = setInterval(() => say({ type: 'alive' }), (announcement.leaseSeconds * 1000) / 4)
  const environment = { nodeVersion: process.version, sygraVersion: version, host: 'bench', pid: process.pid }
  say({ type: 'hello', environment, concurrency: 1 })

  async function carryOut({ id }) {
    asked += 1
    const number = asked
    const callId = `${worker}-${number}`
    const facts = {
      callId,
      model: 'gpt-4o-mini',
      node: 'ask',
      recordId: id,
      resendCount: 0,
      bodyHash: '0123456789abcdef',
    }
    // A key of its own, so that no limit of one key stands in the way.
    const place = { name: 'openai', keyDigest: from }
    const answer = new Promise((resolve) => granted.set(number, resolve))
    say({
      type: 'ask',
      number,
      ask: { callId, recordId: id, model: 'gpt-4o-mini', measure: undefined },
      place,
      url: 'https://api.openai.com/v1',
    })
    await answer
    granted.delete(number)
    const startedAtMs = Date.now()
    ledger.add({ type: 'request-start', ...facts, startedAtMs, worker })
    await ledger.tell()
    await wait(modelSeconds * 1000)
    const durationSeconds = (Date.now() - startedAtMs) / 1000
    ledger.add({ type: 'request-end', ...facts, ...answered, startedAtMs, durationSeconds, worker })
    void ledger.tell()
    say({ type: 'leave', number, report: { hasFailed: false, isOutOfMoney: false, concurrency: { type: 'answer' } } })
    const node = { type: 'node-end', recordId: id, succeeded: true, durationSeconds, worker }
    ledger.add({ ...node, node: 'ask', nodeType: 'llm', model: 'gpt-4o-mini' })
    ledger.add({ ...node, node: 'more', nodeType: 'lambda' })
    void ledger.tell()
    const text = JSON.stringify({ id, more: `${id}!` })
    say({
      type: 'done',
      recordId: id,
      outcome: { type: 'row', text },
      durationSeconds,
      costPicodollars: answered.cost.picodollars,
    })
    counts.done += 1
  }
}

/** Lines that are told together, each with its number. */
function newLedger(say) {
  const writer = randomUUID().slice(0, 6)
  let [seq, number, lines] = [0, 0, '']
  return {
    add(entry) {
      lines += formatLedgerLine({ seq, atMs: Date.now(), writer, entry })
      seq += 1
    },
    tell() {
      if (lines === '') return Promise.resolve()
      const bytes = Buffer.from(lines)
      lines = ''
      number += 1
      return say({ type: 'lines', number, bytes })
    },
  }
}
