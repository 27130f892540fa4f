// Writes the part of docs/pricing.md that says, provider by provider, what is priced, by what source and of what day.
//   npm run prices:report      after a build
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { waitForUpdate } from '@pydantic/genai-prices'
import { calculateCost } from '../dist/index.js'
import { listDate, priceBlocks } from '../dist/pricing/overlay/price-blocks.js'
import { tableDate, tableVersion } from '../dist/pricing/table/table-version.js'

const page = fileURLToPath(new URL('../docs/pricing.md', import.meta.url))
const [begin, end] = ['<!-- written by npm run prices:report -->', '<!-- end of what is written -->']
const at = new Date(`${tableDate}T20:00:00Z`)
const shown = [
  ...['openai', 'azure', 'anthropic', 'aws', 'google', 'mistral', 'x-ai', 'deepseek', 'cohere', 'groq', 'together'],
  ...['fireworks', 'zai', 'moonshotai', 'perplexity', 'cerebras', 'voyageai', 'minimax', 'novita', 'openrouter'],
]

const text = readFileSync(page, 'utf8')
const [before, rest] = text.split(begin)
const after = rest?.split(end)[1]
if (after === undefined) throw new Error(`docs/pricing.md has no ${begin} … ${end}`)
writeFileSync(page, `${before}${begin}\n\n${await table()}\n\n${end}${after}`)
console.log('docs/pricing.md written')

async function table() {
  const providers = (await waitForUpdate()) ?? []
  const rows = shown.map((id) => rowOf(id, providers.find((provider) => provider.id === id)?.models ?? []))
  return [
    `The table is \`@pydantic/genai-prices\` ${tableVersion} of ${tableDate}, our own list is of ${listDate}; counted for ${tableDate}.`,
    '',
    '| provider | in the table | of them priced | corrected or added by our own list | prices of places | not whole, or not priced |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function rowOf(provider, models) {
  const blocks = priceBlocks.filter((block) => block.provider === provider)
  const own = blocks.flatMap(({ rows }) => rows)
  const ownNames = new Set(
    own.flatMap(({ model, places }) => (places === undefined ? model.split(' ').slice(0, 1) : [])),
  )
  const placed = own.flatMap(({ places }) => places?.split(' ') ?? []).length
  const asked = models.map(({ id }) => ({ id, isPriced: isPriced(id.replace(/^regional\./, 'us.'), provider) }))
  const priced = asked.filter(({ isPriced }) => isPriced).length
  const missing = asked.filter(({ isPriced }) => !isPriced).map(({ id }) => `\`${id}\``)
  const list =
    missing.length > 6 ? `${missing.slice(0, 6).join(', ')} and ${missing.length - 6} more` : missing.join(', ')
  return `| ${provider} | ${models.length} | ${priced} | ${ownNames.size} | ${placed} | ${list} |`
}

// A chat, an embedding, a transcription or a page: a model is priced if the price of what it does is known.
function isPriced(model, provider) {
  const fee = (unit) => ({ fees: [{ unit, quantity: 1, variant: 'low' }] })
  const usages = [{ input: 1000, output: 1000 }, { input: 1000 }, fee('audioSecond'), fee('page')]
  const chats = [
    ...usages,
    { input: 1000, output: 1000, ...fee('request') },
    { input: 1000, output: 1000, ...fee('webSearch') },
  ]
  return chats.some((usage) => calculateCost({ model, provider, usage, at }).status === 'priced')
}
