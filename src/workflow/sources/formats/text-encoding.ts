import { SygraError } from '../../../errors.ts'

/** Python's names for encodings that the web standard calls otherwise. */
const pythonNames: Readonly<Record<string, string>> = {
  'utf-8-sig': 'utf-8',
  'latin-1': 'latin1',
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
}

/** Checks the name of an encoding and gives its standard label. `utf-8` by default. */
export function encodingLabel(name = 'utf-8'): string {
  const plain = name.trim().toLowerCase().replaceAll('_', '-')
  const label = pythonNames[plain] ?? plain
  try {
    return new TextDecoder(label).encoding
  } catch {
    throw new SygraError(
      'bad_config',
      `unknown encoding "${name}"; use utf-8, utf-16le, latin1 or another WHATWG encoding label`,
    )
  }
}

/**
 * Decodes bytes as they come; a byte order mark is removed. Without an encoding it is UTF-8, or UTF-16 where the mark says so.
 * Bytes that are not text in that encoding throw `bad_data`: a wrong encoding never gives wrong rows silently.
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  { name, encoding }: { readonly name: string; readonly encoding?: string },
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  try {
    for await (const chunk of bytes) {
      decoder ??= new TextDecoder(encoding === undefined ? encodingOfMark(chunk) : encodingLabel(encoding), {
        fatal: true,
      })
      const text = decoder.decode(chunk, { stream: true })
      if (text !== '') yield text
    }
    const rest = decoder?.decode() ?? ''
    if (rest !== '') yield rest
  } catch (error) {
    throw isDecodingError(error) ? badBytes(name, decoder?.encoding) : error
  }
}

function encodingOfMark(chunk: Uint8Array): string {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
  if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}

function isDecodingError(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
}

function badBytes(name: string, encoding = 'utf-8'): SygraError {
  return new SygraError(
    'bad_data',
    `${name}: the file is not ${encoding} text; set its encoding (such as encoding: latin1 or utf-16le)`,
  )
}
