import type { ConfigPath } from './config-issue.ts'
import type { NodeConfig } from './node-config.ts'
import { promptMessagesOf } from './prompt.ts'
import { variablesOf } from './template.ts'

/** A variable of a node's prompt, and where it stands in the node. */
export interface PromptVariable {
  readonly variable: string
  readonly path: ConfigPath
}

/** The variables in the prompt of a node, those of content parts included. */
export function promptVariablesOf(node: NodeConfig): readonly PromptVariable[] {
  if (node.node_type !== 'llm' && node.node_type !== 'multi_llm' && node.node_type !== 'agent') return []
  return promptMessagesOf(node.prompt).flatMap(({ role, content }, index) =>
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
