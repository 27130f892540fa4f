import { integerBetween, oneOf, type Random } from '../../seeded-random.ts'
import type { SimulatorSettings } from '../settings.ts'

/** Plausible text about a prompt, of roughly so many tokens; a prompt about programming gets a piece of code. */
export function proseOf({ prompt, tokens, settings, random }: ProseRequest): string {
  const topics = topicsOf(prompt, settings)
  const parts: string[] = []
  let words = tokens * wordsPerToken
  if (!settings.ignoresWording && isAboutCode(prompt) && words > 45) {
    parts.push(sentenceOn(topics, random), codeOn(topics, random))
    words -= 45
  }
  const paragraph: string[] = []
  do {
    const sentence = sentenceOn(topics, random)
    paragraph.push(sentence)
    words -= sentence.split(' ').length
  } while (words > 0)
  parts.push(paragraph.join(' '))
  return parts.join('\n\n')
}

interface ProseRequest {
  readonly prompt: string
  readonly tokens: number
  readonly settings: Wording
  readonly random: Random
}

type Wording = Pick<SimulatorSettings, 'ignoresWording'>

/** What answers are about whose words, and so whose tokens, are not to depend on the prompt. */
const fixedTopics = ['question', 'record', 'table', 'first', 'order', 'value', 'result', 'example'] as const

/** A few telling words of a text, in the order they come; never empty. The same for every text where wording is ignored. */
export function topicsOf(text: string, { ignoresWording }: Wording): readonly string[] {
  if (ignoresWording) return fixedTopics
  const words = text.slice(0, 4000).match(/\p{L}[\p{L}\p{N}_]{3,24}/gu) ?? []
  const topics = [...new Set(words.map((word) => word.toLowerCase()))].filter((word) => !commonWords.has(word))
  return topics.length > 0 ? topics.slice(0, 12) : ['question']
}

/** One sentence that mentions the topics. */
export function sentenceOn(topics: readonly string[], random: Random): string {
  const sentence = oneOf(sentences, random).replaceAll(/\b[AB]_/g, () => oneOf(topics, random))
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

function isAboutCode(prompt: string): boolean {
  return /\b(python|javascript|typescript|code|coding|function|program|script|algorithm|implement|sql)\b/i.test(prompt)
}

function codeOn(topics: readonly string[], random: Random): string {
  const name = topics.slice(0, 2).join('_').replaceAll(/\W/g, '')
  const limit = integerBetween({ least: 2, most: 64, random })
  return [
    '```python',
    `def ${name || 'solve'}(items, limit=${limit}):`,
    '    result = []',
    '    for item in items:',
    `        if len(result) >= limit:`,
    '            break',
    '        result.append(item)',
    '    return result',
    '```',
  ].join('\n')
}

// English prose has about three words to four tokens.
const wordsPerToken = 0.75

const sentences = [
  'the A_ comes first, because the B_ depends on it.',
  'start from a small A_ and check it against the B_.',
  'in most cases the A_ is enough, and the B_ can stay as it is.',
  'note that A_ and B_ are not the same thing here.',
  'a simple way to handle the A_ is to keep the B_ in one place.',
  'if the A_ is empty, the result is empty too.',
  'this takes time in proportion to the size of the A_.',
  'the B_ is read once, so memory stays small even for a large A_.',
  'consider what happens to the A_ when the B_ is missing.',
  'with that in mind, the A_ follows from the B_ in two steps.',
  'an example makes the A_ clear: change the B_ and look at what moves.',
  'finally, test the A_ with a value at each end of its range.',
  'there is one exception, the B_, which needs the A_ twice.',
  'it helps to name the A_ after what it does.',
  'the order of the A_ does not matter as long as the B_ is unique.',
  'both the A_ and the B_ are part of the answer.',
] as const

const commonWords = new Set(
  (
    'about also answer assistant been could does done each else every following from given give have help here into ' +
    'just like make more most must need only other please provide should some such tasked than that their them then ' +
    'there these they this those using want were what when where which while will with would write your solving'
  ).split(' '),
)
