import type { Usage } from '../../metadata/usage.ts'
import type { Random } from '../../seeded-random.ts'
import { heardTokens, madeImageTokens, spokenSeconds, spokenTokens } from '../../tokens/media-tokens.ts'
import { soundSeconds } from '../../tokens/sound-seconds.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { MediaRequest } from '../media-request.ts'
import { shortSound, smallImage } from './sample-media.ts'

/** A whole answer: what is sent, and what it used. */
export interface MediaAnswer {
  readonly contentType: string
  readonly body: Buffer
  readonly usage: Usage
}

interface MediaQuestion {
  readonly request: MediaRequest
  readonly tokenizer: Tokenizer
  readonly random: Random
  readonly createdSeconds: number
  /** What is said in a sound: it is not listened to. */
  readonly transcript: string
}

// What an image that is given counts as, in OpenAI's price of editing at the standard fidelity.
const givenImageTokens = 323

/** What the named model would answer: a real small picture or sound, or a text, with the usage that it would report. */
export function mediaAnswerTo(question: MediaQuestion): MediaAnswer {
  switch (question.request.operation) {
    case 'images/generations':
    case 'images/edits':
      return imagesFor(question)
    case 'audio/speech':
      return speechFor(question)
    case 'audio/transcriptions':
      return transcriptFor(question)
    default:
      return question.request.operation satisfies never
  }
}

function imagesFor({ request, tokenizer, random, createdSeconds }: MediaQuestion): MediaAnswer {
  const { model, text, files, parameters } = request
  const count = Math.min(10, Math.max(1, Number(parameters.n ?? 1) || 1))
  const data = Array.from({ length: count }, () => ({
    b64_json: smallImage([random(), random(), random()]).toString('base64'),
  }))
  if (/^dall-e|^imagen|^flux/.test(model)) {
    const isNewer = /^dall-e-3/.test(model)
    const size = String(parameters.size ?? '1024x1024')
    const variant = isNewer ? `${String(parameters.quality ?? 'standard')} ${size}` : size
    return json({ created: createdSeconds, data }, { fees: [{ unit: 'image', quantity: count, variant }] })
  }
  const quality = isNamed(parameters.quality) ? parameters.quality : 'medium'
  const size = isNamed(parameters.size) ? parameters.size : '1024x1024'
  const [input, inputImage] = [tokenizer.count(text), files.length * givenImageTokens]
  const outputImage = count * madeImageTokens({ size, quality })
  const usage = {
    input_tokens: input + inputImage,
    input_tokens_details: { text_tokens: input, image_tokens: inputImage },
    output_tokens: outputImage,
    total_tokens: input + inputImage + outputImage,
  }
  const head = { created: createdSeconds, background: 'opaque', output_format: 'png', quality, size }
  return json({ ...head, data, usage }, { input, ...(inputImage > 0 ? { inputImage } : {}), outputImage })
}

function isNamed(value: unknown): value is string {
  return typeof value === 'string' && value !== 'auto'
}

function speechFor({ request, tokenizer }: MediaQuestion): MediaAnswer {
  const { model, text, parameters } = request
  const characters = [...text].length
  const sound = shortSound(spokenSeconds(characters))
  const isCharged = !model.startsWith('gpt-')
  const [input, output] = [tokenizer.count(text), spokenTokens(characters)]
  const usage: Usage = isCharged ? { fees: [{ unit: 'character', quantity: characters }] } : { input, output }
  if (isCharged || parameters.stream_format !== 'sse') return { contentType: 'audio/wav', body: sound, usage }
  const told = { input_tokens: input, output_tokens: output, total_tokens: input + output }
  const events = [
    { type: 'speech.audio.delta', audio: sound.toString('base64') },
    { type: 'speech.audio.done', usage: told },
  ]
  const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  return { contentType: 'text/event-stream', body: Buffer.from(body), usage }
}

function transcriptFor({ request, tokenizer, transcript }: MediaQuestion): MediaAnswer {
  const { model, text: hint, files, parameters } = request
  const seconds = soundSeconds(files[0] ?? new Uint8Array())
  const { response_format: format = 'json' } = parameters
  if (model.startsWith('gpt-')) {
    const [inputAudio, output] = [Math.max(1, heardTokens(seconds)), tokenizer.count(transcript)]
    const input = hint === '' ? 0 : tokenizer.count(hint)
    const usage = {
      type: 'tokens',
      input_tokens: input + inputAudio,
      input_token_details: { text_tokens: input, audio_tokens: inputAudio },
      output_tokens: output,
      total_tokens: input + inputAudio + output,
    }
    return json({ text: transcript, usage }, { input, inputAudio, output })
  }
  const counted = Math.max(1, Math.ceil(seconds))
  const used: Usage = { fees: [{ unit: 'audioSecond', quantity: counted }] }
  if (format !== 'json' && format !== 'verbose_json')
    return { contentType: 'text/plain', body: Buffer.from(subtitles(format, transcript)), usage: used }
  const usage = { type: 'duration', seconds: counted }
  const whole = {
    task: 'transcribe',
    language: 'english',
    duration: seconds,
    segments: [{ id: 0, start: 0, end: seconds, text: transcript }],
  }
  return json({ ...(format === 'verbose_json' ? whole : {}), text: transcript, usage }, used)
}

function subtitles(format: unknown, text: string): string {
  if (format === 'srt') return `1\n00:00:00,000 --> 00:00:01,000\n${text}\n`
  return format === 'vtt' ? `WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n${text}\n` : `${text}\n`
}

function json(value: object, usage: Usage): MediaAnswer {
  return { contentType: 'application/json', body: Buffer.from(JSON.stringify(value)), usage }
}
