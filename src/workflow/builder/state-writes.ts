import type { ChatMessage } from '../nodes/chat/chat-message.ts'
import type { Row } from '../sources/source.ts'
import type { FunctionReference } from './node-options.ts'

// `never` stands for what was not given, so that it can be told from everything that may be.

/** What a node with a prompt writes: what its post-processor gives, else its answer under its key, else a turn of the chat. */
export type AnswerWrites<Key extends string, Answer, Processed, Post = never> = [
  Extract<Post, FunctionReference>,
] extends [never]
  ? AnsweredWrites<Key, Answer, Processed>
  : Row

type AnsweredWrites<Key extends string, Answer, Processed> = [Processed] extends [never]
  ? [Answer] extends [never]
    ? [Key] extends [never]
      ? { messages: ChatMessage[] }
      : Record<Key, string>
    : [Key] extends [never]
      ? Answer
      : [Key] extends [keyof Answer]
        ? Pick<Answer, Key>
        : Record<Key, Answer>
  : FunctionWrites<Key, Processed>

/** What a function writes: the map it gives, else its value under the node's key. */
export type FunctionWrites<Key extends string, Result> = WrittenValue<Key, Exclude<Awaited<Result>, null | undefined>>

type WrittenValue<Key extends string, Value> = [Value] extends [never]
  ? unknown
  : unknown extends Value
    ? [Key] extends [never]
      ? Row
      : Record<Key, unknown>
    : [Key] extends [never]
      ? Value extends readonly unknown[]
        ? unknown
        : Value extends object
          ? Value
          : unknown
      : [Value] extends [Record<Key, unknown>]
        ? Value
        : Record<Key, Value>

/** What several models write: what combines their answers, else the answers under their labels or the node's key. */
export type MultiWrites<Label extends string, Key extends string, Processed, Combined, Post = never> = [
  Combined,
] extends [never]
  ? [Extract<Post, FunctionReference>] extends [never]
    ? MultiAnswers<Label, Key, Processed>
    : Row
  : FunctionWrites<Key, Combined>

type MultiAnswers<Label extends string, Key extends string, Processed> = [Key] extends [never]
  ? Record<Label, Awaited<Processed>>
  : Record<Key, Record<Label, Awaited<Processed>>>

/** A state with the fields of typed rows; rows of which nothing is known add nothing. */
export type WithFields<State extends object, Fields extends object> = [keyof Fields] extends [never]
  ? State
  : Row extends State
    ? Fields
    : State & Fields

/** A state key: one that is known, for the editor to complete, or one that a node writes of which nothing is known. */
export type KeyOf<State> = (keyof State & string) | (string & {})

/** The fields of those names, as far as they are known. */
export type Picked<State, Name extends string> = { [Key in Name]: Key extends keyof State ? State[Key] : unknown }

/** What a graph's output rows are: the whole state where nothing else was said. */
export type OutputRow<State extends object, Output> = [Output] extends [never]
  ? State
  : Output extends object
    ? Output
    : State

/** Output rows with one more field. */
export type WithOutputField<Output, Name extends string, Value> = [Output] extends [never]
  ? Record<Name, Value>
  : Output & Record<Name, Value>
