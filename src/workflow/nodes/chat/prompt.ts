import { z } from 'zod'
import { closedObject } from '../../config/closed-object.ts'
import type { ConfigPath } from '../../config/config-issue.ts'
import type { TemplateVariable } from '../node-kind.ts'
import { variablesOf } from './template.ts'

const address = z.union([z.string(), closedObject({ url: z.string() })], { error: 'an address, as a text or {url}' })

const contentPart = z.discriminatedUnion('type', [
  closedObject({ type: z.literal('text'), text: z.string() }),
  closedObject({ type: z.literal('image_url'), image_url: address }),
  closedObject({ type: z.literal('audio_url'), audio_url: address }),
])

const content = z.union([z.string(), z.array(contentPart).min(1)], { error: 'a text or a list of content parts' })

const roles = ['system', 'user', 'assistant', 'tool'] as const

const message = closedObject({
  system: content.optional(),
  user: content.optional(),
  assistant: content.optional(),
  tool: content.optional(),
}).superRefine((value, context) => {
  const found = roles.filter((role) => value[role] !== undefined)
  const isMisspelt = found.length === 0 && Object.keys(value).length > 0
  if (found.length === 1 || isMisspelt) return
  const what = found.length === 0 ? 'a message without a role' : `a message with ${found.join(' and ')}`
  context.addIssue(`found ${what}; expected exactly one of system, user, assistant and tool`)
})

/** Messages of a chat, each a map of one key, its role; a text alone is one message of the user. Texts are templates. */
export const promptSchema = z
  .union(
    [
      z
        .string()
        .min(1)
        .transform((user): z.infer<typeof message>[] => [{ user }]),
      z.array(message).min(1),
    ],
    { error: 'a text, or a list of messages such as {user: text}' },
  )
  .describe('A text, or messages, each {system|user|assistant|tool: text or parts}.')

export type Prompt = z.infer<typeof promptSchema>
export type PromptRole = (typeof roles)[number]
export type PromptContent = z.infer<typeof content>
export type PromptPart = z.infer<typeof contentPart>

/** A message of a prompt, its role and its content apart. */
export interface PromptMessage {
  readonly role: PromptRole
  readonly content: PromptContent
}

/** The messages of a prompt in order. */
export function promptMessagesOf(prompt: Prompt): readonly PromptMessage[] {
  return prompt.flatMap((entry) =>
    roles.flatMap((role) => {
      const found = entry[role]
      return found === undefined ? [] : [{ role, content: found }]
    }),
  )
}

/** The variables of a prompt, those of content parts included, with their places in the node. */
export function promptVariablesOf(prompt: Prompt): readonly TemplateVariable[] {
  return promptMessagesOf(prompt).flatMap(({ role, content }, index) =>
    textsIn(content, ['prompt', index, role]).flatMap(({ text, path }) =>
      variablesOf(text).map((variable) => ({ variable, path })),
    ),
  )
}

interface TextAt {
  readonly text: string
  readonly path: ConfigPath
}

function textsIn(value: unknown, path: ConfigPath): readonly TextAt[] {
  if (typeof value === 'string') return [{ text: value, path }]
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, key]))
}
