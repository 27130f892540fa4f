import { relative } from 'node:path'
import {
  fieldsOf,
  lineOf,
  type PythonReference,
  type PythonTool,
  type ReferenceKind,
  toolsIn,
} from './python-reference.ts'

/** What is known of a task that its stubs are typed by. */
export interface StubContext {
  /** Keys of the state that the configuration names. */
  readonly stateKeys: readonly string[]
  /** Methods of the generator that the output map names. */
  readonly generatorMethods: readonly string[]
  /** The folder that Python files are named from. */
  readonly root: string
}

/** The text of a TypeScript file with a stub for each reference into it. */
export function stubFileOf(references: readonly PythonReference[], context: StubContext): string {
  const byName = new Map<string, PythonReference[]>()
  for (const each of references) byName.set(stubName(each), [...(byName.get(stubName(each)) ?? []), each])
  const stubs = [...byName].flatMap(([name, uses]) => stubsOf(name, uses, context))
  const kinds = new Set(references.map(({ kind }) => kind))
  const parts = [
    ...(kinds.has('tools') || kinds.has('schema') ? ["import { z } from 'zod'"] : []),
    ...([...kinds].some((kind) => kind !== 'tools' && kind !== 'schema') ? [stateType(context)] : []),
    ...([...kinds].some((kind) => kind === 'post_process' || kind === 'multi_llm_post_process') ? [answerType] : []),
    ...stubs,
    ...(stubs.some((stub) => stub.includes('notPorted(')) ? [notPorted] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function stubName({ reference, python }: PythonReference): string {
  return reference.split('#')[1] ?? python.name
}

function stateType({ stateKeys }: StubContext): string {
  const keys = stateKeys.map((key) => `  ${/^\w+$/.test(key) ? key : JSON.stringify(key)}?: any`)
  return [
    '/** The record and what nodes have written. */',
    'interface State {',
    ...keys,
    '  messages?: { role: string; content: string }[]',
    '  __chat_history__?: { name: string; request: { role: string; content: string }[]; response: string }[]',
    '  [key: string]: any',
    '}',
  ].join('\n')
}

const answerType = `/** What a model answered: \`content\` is Python's \`resp.message.content\`. */
interface Answer {
  content: string
  parsed?: any
  toolCalls?: { id: string; name: string; arguments: any; result?: any }[]
}`

const notPorted = `function notPorted(name: string): never {
  throw new Error(\`\${name} is still to be ported\`)
}`

function stubsOf(name: string, uses: readonly PythonReference[], context: StubContext): readonly string[] {
  const [first] = uses
  if (first === undefined) return []
  if (first.kind === 'tools') return toolStubs(name, first)
  const comment = commentOf(name, uses, context)
  if (first.kind === 'schema') return [`${comment}\nexport const ${name} = ${schemaOf(first, name)}`]
  const methods = first.kind === 'generator' ? context.generatorMethods : ['']
  const members = methods.flatMap((method) => bodyOf(first.kind, method || undefined, name))
  return [`${comment}\nexport class ${name} {\n${members.map((line) => `  ${line}`).join('\n')}\n}`]
}

function commentOf(name: string, uses: readonly PythonReference[], { root }: StubContext): string {
  const [first] = uses
  const line = first?.source === undefined ? undefined : lineOf(first.source, name)
  const from = first?.source === undefined ? 'its Python file was not found' : relative(root, first.source)
  const places = [...new Set(uses.map(({ kind, place }) => `${kind} of ${place}`))]
  return [
    '/**',
    ` * ${places.join('; ')}. ${contracts[first?.kind ?? 'lambda']}`,
    ` * Python: ${from}${line === undefined ? '' : `:${line}`}`,
    ' */',
  ].join('\n')
}

/** What each kind gets and must give. */
const contracts: Readonly<Record<ReferenceKind, string>> = {
  pre_process: 'Gets a copy of the state; gives it back as the prompt is to see it.',
  post_process: 'Gets the answer and the state; gives a map of the state keys to write, or the state with changes.',
  multi_llm_post_process: 'Gets the answers by label and the state; gives a map of the state keys to write.',
  lambda: 'Gets the state and the YAML of its node; gives a map of the state keys to write, or the state with changes.',
  condition: "Gets the state; gives a key of the edge's path_map.",
  generator:
    'Its methods are named by the output map; each gets the value of its field and the state, and gives what is written.',
  processor: 'Gets all rows of the output; gives rows, or one map as a report.',
  transform:
    'Gets one row and the params of the YAML; gives the row, several, or nothing to leave it out. (Python: a list of rows.)',
  tools: 'A tool that the model may call.',
  schema: 'What an answer, or a row, must look like.',
}

function bodyOf(kind: ReferenceKind, method: string | undefined, name: string): readonly string[] {
  const wrapped = (signature: string) => [`${signature} {`, `  return notPorted('${name}')`, '}']
  switch (kind) {
    case 'pre_process':
      return wrapped('apply(state: State): State')
    case 'post_process':
      return wrapped('apply(answer: Answer, state: State): Partial<State>')
    case 'multi_llm_post_process':
      return wrapped('apply(answers: Record<string, Answer>, state: State): Partial<State>')
    case 'lambda':
      return wrapped('apply(state: State, node: Record<string, any>): Partial<State>')
    case 'condition':
      return wrapped('apply(state: State): string')
    case 'generator':
      return wrapped(`${method}(value: any, state: State): unknown`)
    case 'processor':
      return [
        'constructor(readonly params: Record<string, any> = {}) {}',
        ...wrapped(
          'process(rows: Record<string, any>[], context: { outputFile: string }): Record<string, any>[] | object',
        ),
      ]
    case 'transform':
      return wrapped('transform(row: Record<string, any>, params: Record<string, any>): Record<string, any>')
    default:
      return []
  }
}

function toolStubs(name: string, { source, reference }: PythonReference): readonly string[] {
  const all = source === undefined ? [] : toolsIn(source)
  if (!reference.includes('#')) return all.filter((each) => each.className === undefined).map((each) => toolStub(each))
  const members = all.filter((each) => each.className === name)
  if (members.length > 0) {
    const lines = members.map((each) => toolText(each, '  '))
    return [
      `/** ${contracts.tools} */\nexport class ${name} {\n${lines.map((text, index) => `  static ${members[index]?.name} = ${text}`).join('\n\n')}\n}`,
    ]
  }
  const own = all.find((each) => each.name === name)
  return [toolStub(own ?? { name, description: '', parameters: [], className: undefined })]
}

function toolStub(found: PythonTool): string {
  return `/** ${contracts.tools} */\nexport const ${found.name} = ${toolText(found, '')}`
}

function toolText({ name, description, parameters }: PythonTool, indent: string): string {
  const names = parameters.map((parameter) => parameter.name).join(', ')
  const types = parameters.map(({ name: key, type }) => `${key}: ${typescriptType(type)}`).join('; ')
  return [
    '{',
    `  description: ${JSON.stringify(description)},`,
    `  parameters: z.object({ ${fieldsText(parameters)} }),`,
    `  execute({ ${names} }: { ${types} }): unknown {`,
    `    return notPorted('${name}')`,
    '  },',
    '}',
  ].join(`\n${indent}`)
}

function schemaOf({ source }: PythonReference, name: string): string {
  return `z.object({ ${source === undefined ? '' : fieldsText(fieldsOf(source, name))} })`
}

function fieldsText(fields: PythonTool['parameters']): string {
  return fields.map(({ name, type, fallback }) => `${name}: ${withFallback(zodType(type), fallback)}`).join(', ')
}

function withFallback(schema: string, fallback: string | undefined): string {
  if (fallback === undefined) return schema
  // Python lets a parameter be None whatever its type says.
  const isWider = fallback === 'null' && !schema.endsWith('.nullable()')
  return `${schema}${isWider ? '.nullable()' : ''}.default(${fallback})`
}

const zodTypes: Readonly<Record<string, string>> = {
  str: 'z.string()',
  int: 'z.int()',
  float: 'z.number()',
  bool: 'z.boolean()',
  dict: 'z.record(z.string(), z.unknown())',
}

function zodType(type: string): string {
  const plain = type.trim()
  const choices = plain.split('|').map((choice) => choice.trim())
  const named = choices.length > 1 && choices.at(-1) === 'None' ? choices.slice(0, -1).join(' | ') : undefined
  const optional = /^Optional\[(.+)\]$/.exec(plain)?.[1] ?? named
  if (optional !== undefined) return `${zodType(optional)}.nullable()`
  const item = /^[Ll]ist\[(.+)\]$/.exec(plain)?.[1]
  if (item !== undefined) return `z.array(${zodType(item)})`
  return zodTypes[plain] ?? 'z.any()'
}

function typescriptType(type: string): string {
  const types: Readonly<Record<string, string>> = { str: 'string', int: 'number', float: 'number', bool: 'boolean' }
  return types[type.trim()] ?? 'any'
}
