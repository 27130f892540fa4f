import type { Prompt, PromptContent } from '../config/prompt.ts'

/** A prompt: the text, or the parts, of one message of the user, or a list of messages `{system|user|assistant: …}`. */
export type PromptChoice = string | Prompt | Extract<PromptContent, readonly unknown[]>

/** The messages of a prompt. */
export function promptOf(choice: PromptChoice): Prompt {
  if (typeof choice === 'string') return [{ user: choice }]
  return isParts(choice) ? [{ user: choice }] : choice.map((message) => ({ ...message }))
}

function isParts(choice: Exclude<PromptChoice, string>): choice is Extract<PromptContent, readonly unknown[]> {
  return choice.length > 0 && choice.every((entry) => 'type' in entry)
}
