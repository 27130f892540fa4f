import type { ImageModelV3, SpeechModelV3, TranscriptionModelV3 } from '@ai-sdk/provider'

/** An image, speech or transcription model of the AI SDK, as its packages make it. */
export type MediaModelObject = ImageModelV3 | SpeechModelV3 | TranscriptionModelV3 | MediaModelV4

/** What is used here of the interface that goes with ai@7, written down as that of its language models is. */
export interface MediaModelV4 {
  readonly specificationVersion: 'v4'
  readonly provider: string
  readonly modelId: string
  doGenerate(options: never): PromiseLike<object>
}
