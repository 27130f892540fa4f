import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { callModel } from '../../models/call-model.ts'
import type { ModelCall } from '../../models/model-call.ts'
import { checkHasMedia, checkSaysSomething, type ModelAnswer, readAnswer } from './answer.ts'

/** Talks to a model until it has answered: once, or with tools in between. */
export type Converse = (call: ModelCall, turn: ConversationTurn) => Promise<Reply>

/** What tools are told of the place they are called at. */
export interface ConversationTurn {
  readonly state: Readonly<Record<string, unknown>>
}

export interface Reply {
  readonly answer: ModelAnswer
  /** All that was said before the answer. */
  readonly prompt: ModelCall['prompt']
  readonly warnings: LanguageModelV3GenerateResult['warnings']
  /** The answer is of no use: where answers are kept, it is not. */
  readonly forget?: () => void
}

/** Asks a model once. */
export const askOnce: Converse = async (call) => (await askForReply(call)).reply

/**
 * Asks a model once, and gives its reply beside the answer as the model gave it.
 *
 * @throws SygraError `model_answer` for an answer that is refused; it is not kept, so that the next run asks anew.
 */
export async function askForReply(
  call: ModelCall,
): Promise<{ readonly reply: Reply; readonly result: LanguageModelV3GenerateResult }> {
  const result = await callModel(call)
  const forget = () => call.client.cache?.forget(result)
  const answer = readAnswer(result)
  try {
    checkSaysSomething(answer)
    checkHasMedia(answer, call.client)
  } catch (error) {
    forget()
    throw error
  }
  return { reply: { answer, prompt: call.prompt, warnings: result.warnings, forget }, result }
}
