import type { Tokenizer } from '../../tokens/tokenizer.ts'
import { promptVariablesOf } from '../config/prompt.ts'
import { variableIn } from '../config/template.ts'
import type { State } from '../graph/state.ts'
import { promptTokensOf } from '../limits/prompt-tokens.ts'
import { modelPromptOf } from '../nodes/model-prompt.ts'
import type { Row } from '../sources/source.ts'
import { type AskedNode, type EstimatedNode, keysWrittenBy } from './asked-nodes.ts'

/** The prompt of a node for one record: what is known of it, and the answers of earlier nodes that it will hold. */
export interface CountedPrompt {
  readonly tokens: number
  /** By the name of the node that answers; how much of its answer is in it, 1 for all of it once. */
  readonly answers: ReadonlyMap<string, number>
}

/** Counts the prompts of one node. */
export interface PromptCounter {
  readonly node: AskedNode
  readonly count: (record: Row) => CountedPrompt
  /** Variables whose values only a function knows. */
  readonly unknown: readonly string[]
}

// A turn of a chat has a role and marks around it.
const tokensPerTurn = 4

/** Counters for the nodes that ask models; what stands before each of them in the order says what its prompt will hold. */
export function promptCountersOf(nodes: readonly EstimatedNode[], tokenizer: Tokenizer): readonly PromptCounter[] {
  return nodes.flatMap((node, index) =>
    node.type === 'asked' ? [counterOf(node, { before: nodes.slice(0, index), tokenizer })] : [],
  )
}

function counterOf(
  node: AskedNode,
  { before, tokenizer }: { readonly before: readonly EstimatedNode[]; readonly tokenizer: Tokenizer },
): PromptCounter {
  const variables = [...new Set(promptVariablesOf(node.config).map(({ variable }) => variable))]
  const answers = new Map<string, number>()
  const addAnswer = (name: string, share: number) => answers.set(name, (answers.get(name) ?? 0) + share)
  const written = new Set<string>()
  const unknown = new Set<string>()
  for (const variable of variables) {
    const writer = writerOf(variable, before)
    if (writer === undefined) continue
    written.add(variable)
    if (writer.type === 'silent') unknown.add(variable)
    else {
      const keys = Math.max(1, keysWrittenBy(writer.config).length)
      addAnswer(writer.name, timesIn(node, variable, variables) / keys)
    }
  }
  const turns = seesChat(node) ? before.filter(answersInChat) : []
  for (const { name } of turns) addAnswer(name, 1)
  return {
    node,
    unknown: [...unknown],
    count: (record) => {
      const state = knownState(record, { variables, written })
      const prompt = modelPromptOf(node.chat.questionFor(state).messages)
      return { tokens: promptTokensOf({ prompt }, tokenizer) + turns.length * tokensPerTurn, answers }
    },
  }
}

/** How often a variable stands in the prompt. */
function timesIn(node: AskedNode, variable: string, variables: readonly string[]): number {
  const mark = '\u241f'
  const state = Object.fromEntries(variables.map((name) => [name, name === variable ? mark : '']))
  return JSON.stringify(node.chat.questionFor(state).messages).split(mark).length - 1
}

/** What the record gives; what is not known before the run is left empty. */
function knownState(
  record: Row,
  { variables, written }: { readonly variables: readonly string[]; readonly written: ReadonlySet<string> },
): State {
  const state: State = { ...record }
  for (const variable of variables) if (written.has(variable) || !isIn(record, variable)) state[variable] = ''
  return state
}

function isIn(record: Row, variable: string): boolean {
  try {
    variableIn(record, variable)
    return true
  } catch {
    return false
  }
}

function writerOf(variable: string, before: readonly EstimatedNode[]): EstimatedNode | undefined {
  return before.findLast((node) => {
    const keys = node.type === 'asked' ? keysWrittenBy(node.config) : node.writes
    return keys.includes(variable)
  })
}

function seesChat({ config }: AskedNode): boolean {
  return config.input_key === undefined
}

function answersInChat(node: EstimatedNode): node is Extract<EstimatedNode, { type: 'asked' }> {
  if (node.type !== 'asked' || keysWrittenBy(node.config).length > 0) return false
  return node.config.post_process === undefined
}
