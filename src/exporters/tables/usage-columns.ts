import { completionTokensOf, promptTokensOf, tokenClasses, totalTokensOf, type Usage } from '../../metadata/usage.ts'
import { type Column, columnsOf } from './column.ts'

/** What has used tokens; undefined where nobody told. */
interface UsageFact {
  readonly usage: Usage | undefined
}

const classNames = {
  input: ['input_tokens', 'Input tokens that were neither cached nor audio, images or video.'],
  cacheRead: ['cache_read_tokens', 'Input tokens read from a cache.'],
  cacheWrite5m: ['cache_write_5m_tokens', 'Input tokens written to a cache of five minutes, or of no stated time.'],
  cacheWrite1h: ['cache_write_1h_tokens', 'Input tokens written to a cache of one hour.'],
  inputAudio: ['input_audio_tokens', 'Input tokens of audio.'],
  inputImage: ['input_image_tokens', 'Input tokens of images, where they are told apart.'],
  inputVideo: ['input_video_tokens', 'Input tokens of video, where they are told apart.'],
  output: ['output_tokens', 'Output tokens of text without the reasoning.'],
  reasoning: ['reasoning_tokens', 'Output tokens of reasoning, which nobody sees.'],
  outputAudio: ['output_audio_tokens', 'Output tokens of audio.'],
  outputImage: ['output_image_tokens', 'Output tokens of images, where they are told apart.'],
} as const satisfies Record<(typeof tokenClasses)[number], readonly [string, string]>

/** Input, output and both together; empty where no usage was told. */
export function tokenSumColumns<Fact extends UsageFact>(): readonly Column<Fact>[] {
  const column = columnsOf<Fact>()
  return [
    column.integer('prompt_tokens', 'All input tokens, cached ones included.', ({ usage }) =>
      usage === undefined ? null : (promptTokensOf(usage) ?? 0),
    ),
    column.integer('completion_tokens', 'All output tokens, reasoning included.', ({ usage }) =>
      usage === undefined ? null : (completionTokensOf(usage) ?? 0),
    ),
    column.integer('total_tokens', 'Both; the total of the provider where it states another one.', ({ usage }) =>
      usage === undefined ? null : totalTokensOf(usage),
    ),
  ]
}

/** The classes that the sums are made of: they do not overlap. Empty where the provider did not tell of a class. */
export function tokenClassColumns<Fact extends UsageFact>(): readonly Column<Fact>[] {
  const column = columnsOf<Fact>()
  return tokenClasses.map((tokenClass) => {
    const [name, sentence] = classNames[tokenClass]
    return column.integer(name, sentence, ({ usage }) => usage?.[tokenClass])
  })
}
