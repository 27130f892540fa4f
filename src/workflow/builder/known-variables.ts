import type { Row } from '../sources/source.ts'

/**
 * A prompt that names only variables which a typed state has. Where nothing, or not everything, is known of the state, any
 * prompt: then the run checks it before its first request.
 */
export type KnownPrompt<Prompt, State> = Row extends State
  ? unknown
  : UnknownIn<TextsOf<Prompt>, State> extends infer Name
    ? [Name] extends [never]
      ? unknown
      : UnknownVariable<Name, keyof State & string>
    : never

/** What a prompt would have to be, for the compiler to say what is wrong with it. */
interface UnknownVariable<Name, Known> {
  readonly 'no record and no earlier node provides': Name
  readonly 'known are': Known
}

/** The texts of a prompt: itself, or those of its messages. */
type TextsOf<Prompt> = Prompt extends string
  ? Prompt
  : Prompt extends readonly (infer Message)[]
    ? TextOf<Message>
    : never

type TextOf<Message> = Message extends { readonly [Role in 'system' | 'user' | 'assistant']?: infer Text }
  ? Extract<Text, string>
  : never

type UnknownIn<Text, State> = Text extends string ? Exclude<VariablesOf<Text>, keyof State | 'id'> : never

/** The variables of a template whose text is known: `{name}`, but neither `{{name}}` nor braces around anything else. */
type VariablesOf<Text extends string, Found = never> = string extends Text
  ? never
  : Text extends `${string}{${infer After}`
    ? After extends `{${infer Escaped}`
      ? VariablesOf<Escaped extends `${string}}}${infer Rest}` ? Rest : Escaped, Found>
      : After extends `${infer Name}}${infer Rest}`
        ? Name extends `${string}{${string}`
          ? VariablesOf<After, Found>
          : VariablesOf<Rest, Found | (IsName<Name> extends true ? Name : never)>
        : Found
    : Found

// A name with dots or an arrow may lead into a value, which is left to the run.
type NoLetter =
  | ' '
  | '\n'
  | '"'
  | "'"
  | '`'
  | ':'
  | ','
  | ';'
  | '.'
  | '-'
  | '>'
  | '<'
  | '='
  | '('
  | ')'
  | '['
  | ']'
  | '/'
type NoLetterEither = '\\' | '|' | '&' | '$' | '#' | '@' | '!' | '?' | '*' | '+' | '%' | '^' | '~' | '\t' | '\r'

type IsName<Text extends string> = Text extends ''
  ? false
  : Text extends `${string}${NoLetter | NoLetterEither}${string}`
    ? false
    : Text extends `${number}${string}` | `${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}${string}`
      ? false
      : true
