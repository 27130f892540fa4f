import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, SygraError } from '../../../errors.ts'
import { dataUrlOf, fallbackTypeOf } from '../../media/data-url.ts'
import { urlOf } from '../../media/media-address.ts'
import { kindOfType, type MediaKind, typeOfName } from '../../media/media-type.ts'
import type { ChatMessage, ContentPart } from './chat-message.ts'

/**
 * Messages in which files on disk are data URLs. Only files that a name says to be an image or a sound are read: a record is
 * not to have other files sent.
 *
 * @param directories where relative paths start; the first that has the file is meant.
 * @throws SygraError `bad_data` for a file that is not there, or is no image or sound by its name.
 */
export async function withFilesRead(
  messages: readonly ChatMessage[],
  directories: readonly string[],
): Promise<readonly ChatMessage[]> {
  return withParts(messages, async (part) => [await partRead(part, directories)])
}

/** The same with the sounds alone read; one that cannot be read is left out. */
export async function withSoundsRead(
  messages: readonly ChatMessage[],
  directories: readonly string[],
): Promise<readonly ChatMessage[]> {
  return withParts(messages, async (part) => {
    if (part.type !== 'audio_url') return [part]
    return partRead(part, directories).then(
      (read) => [read],
      () => [],
    )
  })
}

/** Messages with other parts in the place of each of theirs. */
async function withParts(
  messages: readonly ChatMessage[],
  partsFor: (part: ContentPart) => Promise<readonly ContentPart[]>,
): Promise<readonly ChatMessage[]> {
  if (messages.every(({ content }) => typeof content === 'string')) return messages
  return Promise.all(
    messages.map(async (message) => {
      if (typeof message.content === 'string') return message
      return { ...message, content: (await Promise.all(message.content.map(partsFor))).flat() }
    }),
  )
}

async function partRead(part: ContentPart, directories: readonly string[]): Promise<ContentPart> {
  switch (part.type) {
    case 'text':
      return part
    case 'image_url':
      return { type: 'image_url', image_url: await addressRead(urlOf(part.image_url), 'image', directories) }
    case 'audio_url':
      return { type: 'audio_url', audio_url: await addressRead(urlOf(part.audio_url), 'audio', directories) }
    default:
      return part satisfies never
  }
}

async function addressRead(address: string, kind: MediaKind, directories: readonly string[]): Promise<string> {
  if (/^(?:data:|https?:)/i.test(address)) return address
  const path = pathOf(address)
  if (kindOfType(typeOfName(path) ?? '') !== kind) {
    const shown = address.length > 60 ? `${address.slice(0, 60)}…` : address
    throw new SygraError(
      'bad_data',
      `found "${shown}"; expected ${kind === 'image' ? 'an image' : 'a sound'}: a data URL (data:${fallbackTypeOf(kind)};base64,…), a web address, or the path of a file such as ${kind === 'image' ? 'a.png' : 'a.wav'}`,
    )
  }
  const candidates = [...new Set(directories.map((directory) => resolve(directory, path)))]
  let failure: unknown
  for (const candidate of candidates) {
    try {
      return dataUrlOf(await readFile(candidate), { kind, name: path })
    } catch (error) {
      failure ??= error
    }
  }
  throw new SygraError('bad_data', `the ${kind} ${path} cannot be read: ${messageOf(failure)}`, { cause: failure })
}

function pathOf(address: string): string {
  if (!/^file:/i.test(address)) return address
  try {
    return fileURLToPath(address)
  } catch {
    return address.replace(/^file:\/\//i, '')
  }
}
