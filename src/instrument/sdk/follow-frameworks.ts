import { type AiSdkObserver, type CurrentOperation, followAiSdk } from './ai-sdk-channel.ts'
import { followAiSdkIntegrations } from './ai-sdk-integrations.ts'
import type { MetadataTelemetry } from './ai-sdk-telemetry.ts'
import { followLangchain, type LangchainHandler } from './langchain-hook.ts'
import { followOpenAiAgents, type OpenAiAgentsObserver } from './openai-agents-spans.ts'

/** What is made of what frameworks tell of themselves. */
export interface FrameworkObservers {
  readonly observeAiSdk: (current: CurrentOperation) => AiSdkObserver
  readonly metadataTelemetry: () => MetadataTelemetry
  readonly observeLangchain: () => LangchainHandler
  readonly observeOpenAiAgents: () => OpenAiAgentsObserver
}

const followedKey = Symbol.for('sygra.frameworks.1')

/**
 * Follows the frameworks that tell of their agents and tools without a line of code: the AI SDK, OpenAI's
 * Agents SDK, LangChain and LangGraph. Once in a process; of what they use nothing is loaded until they do.
 */
export function followFrameworks(load: () => FrameworkObservers): void {
  if (followedKey in globalThis) return
  Object.defineProperty(globalThis, followedKey, { value: true })
  followAiSdk(() => load().observeAiSdk)
  followAiSdkIntegrations(() => load().metadataTelemetry)
  followOpenAiAgents(() => load().observeOpenAiAgents)
  followLangchain(() => load().observeLangchain)
}
