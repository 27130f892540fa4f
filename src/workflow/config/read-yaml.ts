import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  parseDocument,
  visit,
} from 'yaml'
import { messageOf, SygraError } from '../../errors.ts'
import type { ConfigOrigin, ConfigPath, ConfigPlace, Position } from './config-issue.ts'

/** What a YAML file says, and where each part of it stands. */
export interface YamlFile {
  readonly value: unknown
  readonly origin: ConfigOrigin
}

/**
 * Reads the text of a YAML file.
 *
 * @param path the file as errors name it.
 * @throws SygraError `bad_config` with a line for each place that is no YAML.
 */
export function readYaml(text: string, path: string): YamlFile {
  checkDepth(text, path)
  const lineCounter = new LineCounter()
  // Merge keys (`<<`) are read as the Python system reads them; repeated keys are errors.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true })
  if (document.errors.length > 0) {
    const lines = document.errors.map(({ pos, message }) => {
      const { line, col } = lineCounter.linePos(pos[0])
      return `${path}:${Math.max(1, line)}:${Math.max(1, col)}: broken YAML: ${message}${quotesHint(text, line)}`
    })
    throw new SygraError('bad_config', lines.join('\n'))
  }
  keepLongIntegers(document, text)
  const locate: ConfigOrigin['locate'] = (place, target) => locateInYaml({ document, lineCounter, text }, place, target)
  try {
    return { value: document.toJS(), origin: { path, locate } }
  } catch (error) {
    throw new SygraError('bad_config', `${path}: ${messageOf(error)}`, { cause: error })
  }
}

/** A whole number that would be rounded, such as an id among the data of a task, is kept as text, as in JSON files. */
function keepLongIntegers(document: Document, text: string): void {
  if (!/\d{16}/.test(text)) return
  visit(document, {
    Scalar: (_, scalar) => {
      const { value, source } = scalar
      if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return
      if (/^[-+]?\d+$/.test(source)) scalar.value = source
    },
  })
}

export interface YamlSource {
  readonly document: Document
  readonly lineCounter: LineCounter
  readonly text: string
}

/** Finds where a value, or its key, stands in a YAML file; for what is not there, the nearest thing around it. */
export function locateInYaml(source: YamlSource, path: ConfigPath, target: Omit<ConfigPlace, 'path'> = {}): Position {
  const offset = offsetOf(source, path, target)
  const { line, col } = source.lineCounter.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

interface Step {
  readonly key: Node | undefined
  readonly value: Node | undefined
}

function offsetOf({ document, text }: YamlSource, path: ConfigPath, { at, within }: Omit<ConfigPlace, 'path'>): number {
  let here: Step = { key: undefined, value: nodeOf(document.contents, document) }
  for (const part of path) {
    const next = stepInto(here.value, part, document)
    // A text may stand for a map or a list: what is about a part of that is about the text.
    if (next === undefined && isScalar(here.value) && here.value.value !== null) break
    // Of a missing key the map that lacks it is shown: at its own key, where it has one.
    if (next === undefined) return startOf(here.key) ?? startOf(here.value) ?? 0
    here = next
  }
  if (at === 'key') return startOf(here.key) ?? startOf(here.value) ?? 0
  const begin = startOf(here.value) ?? startOf(here.key) ?? 0
  const stop = here.value?.range?.[1] ?? begin
  const found = within === undefined ? -1 : text.slice(begin, stop).indexOf(within)
  return found < 0 ? begin : begin + found
}

function stepInto(node: Node | undefined, part: string | number, document: Document): Step | undefined {
  if (isSeq(node)) {
    const item = nodeOf(node.items[Number(part)], document)
    return item === undefined ? undefined : { key: undefined, value: item }
  }
  if (!isMap(node)) return undefined
  for (const { key, value } of node.items) {
    if (!isScalar(key)) continue
    if (String(key.value) === String(part)) return { key, value: nodeOf(value, document) }
  }
  return undefined
}

function nodeOf(value: unknown, document: Document): Node | undefined {
  if (!isNode(value)) return undefined
  return isAlias(value) ? value.resolve(document) : value
}

function startOf(node: Node | undefined): number | undefined {
  return node?.range?.[0]
}

/** Nothing that a task or its models say is nested so deep. */
const mostLevels = 100

/** Refuses what is nested too deep, before it is composed: that is done level within level and would end the process. */
function checkDepth(text: string, path: string): void {
  const lineCounter = new LineCounter()
  const parser = new Parser(lineCounter.addNewLine)
  let offset = 0
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > 2 * mostLevels) {
      const { line, col } = lineCounter.linePos(offset)
      throw new SygraError(
        'bad_config',
        `${path}:${Math.max(1, line)}:${Math.max(1, col)}: nested more than ${mostLevels} levels deep; expected fewer`,
      )
    }
    offset = parser.offset
  }
}

/** A template that begins a value without quotes is what most often breaks a line. */
function quotesHint(text: string, line: number): string {
  const found = text.split('\n')[line - 1] ?? ''
  return /:\s+\{[\w.]+\}\s*[^\s,}\]#]/.test(found) ? ' (a text that begins with { stands in quotes)' : ''
}
