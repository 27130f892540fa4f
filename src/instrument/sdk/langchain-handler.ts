import type { LangchainHandler } from './langchain-hook.ts'
import { langchainRuns } from './langchain-runs.ts'

/**
 * A handler for all that LangChain runs in a watched process, made without LangChain. It has the name of
 * `MetadataTrackingCallback`, so that where the program gives one of these there is no second.
 */
export function observeLangchain(): LangchainHandler {
  const runs = langchainRuns()
  const handler = {
    name: 'sygra',
    lc_serializable: false,
    ignoreLLM: false,
    ignoreChain: false,
    ignoreAgent: false,
    ignoreRetriever: true,
    ignoreCustomEvent: true,
    raiseError: false,
    // Called where the program is; in the background it would be in somebody else's context.
    awaitHandlers: true,
    copy: () => handler,
    toJSON: () => ({}),
    handleChainStart: quiet(runs.startChain),
    handleChainEnd: quiet((_outputs: unknown, id: string) => runs.endChain(id)),
    handleChainError: quiet((error: unknown, id: string) => runs.endChain(id, { error })),
    handleToolStart: quiet(runs.startTool),
    handleToolEnd: quiet((_output: unknown, id: string) => runs.endTool(id)),
    handleToolError: quiet((error: unknown, id: string) => runs.endTool(id, { error })),
    handleChatModelStart: quiet(runs.startModel),
    handleLLMStart: quiet(runs.startModel),
    handleLLMEnd: quiet((output: unknown, id: string) => runs.endModel(id, { output })),
    handleLLMError: quiet((error: unknown, id: string) => runs.endModel(id, { error })),
  }
  return handler
}

/** LangChain prints what a handler throws. */
function quiet<Given extends readonly never[] | readonly unknown[]>(
  act: (...given: Given) => void,
): (...given: Given) => void {
  return (...given) => {
    try {
      act(...given)
    } catch {}
  }
}
