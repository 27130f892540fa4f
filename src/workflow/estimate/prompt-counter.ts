import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { State } from '../graph/state.ts'
import { type MediaMeasure, measureMedia } from '../limits/media-usage.ts'
import { promptTokensOf } from '../limits/prompt-tokens.ts'
import { isChat } from '../models/model-purpose.ts'
import { modelPromptOf } from '../nodes/chat/model-asker.ts'
import { variableIn } from '../nodes/chat/template.ts'
import type { Row } from '../sources/source.ts'
import type { AskedNode, EstimatedNode } from './asked-nodes.ts'

/** The prompt of a node for one record: what is known of it, and the answers of earlier nodes that it will hold. */
export interface CountedPrompt {
  readonly tokens: number
  /** By the name of the node that answers; how much of its answer is in it, 1 for all of it once. */
  readonly answers: ReadonlyMap<string, number>
  /** What it is to a model that makes images or speech, or transcribes; undefined where none of the node's does. */
  readonly media: MediaMeasure | undefined
}

/** Counts the prompts of one node. */
export interface PromptCounter {
  readonly node: AskedNode
  readonly count: (record: Row) => Promise<CountedPrompt>
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
  const { variables, questions } = node
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
      const keys = Math.max(1, writer.writes.length)
      addAnswer(writer.name, timesIn(node, variable, variables) / keys)
    }
  }
  const turns = questions.seesChat ? before.filter(answersInChat) : []
  for (const { name } of turns) addAnswer(name, 1)
  const chatsAlone = node.models.every(({ client }) => isChat(client.purpose))
  return {
    node,
    unknown: [...unknown],
    count: async (record) => {
      const state = knownState(record, { variables, written })
      const prompt = modelPromptOf(await questions.withSoundsRead(questions.messagesFor(state)))
      const tokens = promptTokensOf({ prompt }, tokenizer)
      return {
        tokens: tokens + turns.length * tokensPerTurn,
        answers,
        media: chatsAlone ? undefined : measureMedia(prompt, tokens),
      }
    },
  }
}

/** How often a variable stands in the prompt. */
function timesIn(node: AskedNode, variable: string, variables: readonly string[]): number {
  const mark = '\u241f'
  const state = Object.fromEntries(variables.map((name) => [name, name === variable ? mark : '']))
  return JSON.stringify(node.questions.messagesFor(state)).split(mark).length - 1
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
  return before.findLast(({ writes }) => writes.includes(variable))
}

function answersInChat(node: EstimatedNode): node is AskedNode {
  return node.type === 'asked' && node.questions.answersInChat
}
