import { openaiChat } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { withUsageAsked } from './openai-request.ts'
import type { WireFormat } from './parser.ts'
import { xai } from './xai.ts'

const formatsWithSwitch: ReadonlySet<WireFormat> = new Set([openaiChat, openaiCompletions, xai])

/**
 * The body of a streaming request that asks for usage, where its format has such a switch and the caller left it open;
 * undefined when there is nothing to change. The extra chunk this brings is for `createUsageChunkFilter` to hide.
 */
export function askForUsage(format: WireFormat, body: unknown): unknown | undefined {
  return formatsWithSwitch.has(format) ? withUsageAsked(body) : undefined
}
