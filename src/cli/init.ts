import { existsSync } from 'node:fs'
import { appendFile, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { messageOf, SygraError } from '../errors.ts'
import { taskDirectory } from '../runtime/files/run-names.ts'
import { packageFolder } from '../runtime/package-folder.ts'
import { commandLine } from './terminal/command-line.ts'
import { prose } from './terminal/terminal.ts'

/** The tasks to begin with, in the order of the help, each a folder under `tasks/templates`. */
const templates = {
  'one-model': 'one model answers each record',
  review: 'one model writes, another reviews, until the reviewer is content',
  structured: 'answers in the shape of a schema',
  agent: 'a model that calls tools',
  watch: 'a program that is there already, watched as it is',
} as const

type Template = keyof typeof templates

const templatesDirectory = join(packageFolder(), 'tasks', 'templates')
const schemaPath = join(packageFolder(), 'docs', 'graph_config.schema.json')

/** `sygra init`: a task to begin with. */
export function initCommand(): Command {
  return new Command('init')
    .description('Make a task to begin with: its YAML, its data, its functions. Nothing that is there is changed.')
    .argument('[name]', 'the name of the task, which becomes a folder under tasks', 'my_task')
    .addOption(
      new Option('--template <name>', 'what kind of task').choices(Object.keys(templates)).default('one-model'),
    )
    .addHelpText(
      'after',
      `\nTemplates:\n${Object.entries(templates)
        .map(([name, what]) => `  ${name.padEnd(12)}${what}`)
        .join('\n')}`,
    )
    .action(async (name: string, { template }: { readonly template: Template }) => {
      const made = await makeTask(name, template)
      process.stdout.write(prose(textOf(name, template, made)))
    })
}

interface MadeTask {
  /** Relative to the working directory. */
  readonly files: readonly string[]
  readonly directory: string
}

/** Copies a template; a folder that holds something already is left alone. */
async function makeTask(name: string, template: Template): Promise<MadeTask> {
  if (!/^[\w./-]+$/.test(name) || name.startsWith('-')) {
    throw new SygraError('bad_argument', `"${name}" is no name for a task: use letters, digits, "_", "-", "." and "/"`)
  }
  const directory = taskDirectory(name)
  if (await holdsSomething(directory)) {
    throw new SygraError('bad_argument', `${directory} is there already: choose another name, or remove it first`)
  }
  try {
    const from = join(templatesDirectory, template.replaceAll('-', '_'))
    const names = await readdir(from)
    await mkdir(directory, { recursive: true })
    for (const file of names) await copyFile(join(from, file), join(directory, file), directory)
    const key = await makeKeyExample()
    return { directory, files: [...names.map((file) => join(directory, file)), ...key] }
  } catch (error) {
    throw new SygraError('not_writable', `${directory}: cannot be made: ${messageOf(error)}`, { cause: error })
  }
}

async function holdsSomething(directory: string): Promise<boolean> {
  const status = await stat(directory).catch(() => undefined)
  if (status === undefined) return false
  return !status.isDirectory() || (await readdir(directory)).length > 0
}

/** A YAML file gets the line by which editors find its schema, relative to itself. */
async function copyFile(from: string, to: string, directory: string): Promise<void> {
  if (!from.endsWith('.yaml')) return cp(from, to)
  const local = resolve('node_modules/sygra/docs/graph_config.schema.json')
  const schema = relative(resolve(directory), existsSync(local) ? local : schemaPath).replaceAll('\\', '/')
  await writeFile(to, `# yaml-language-server: $schema=${schema}\n${await readFile(from, 'utf8')}`)
}

const keyExample = `# Copy this file to .env, which is read by sygra and must not be committed.
OPENAI_API_KEY=
# Keys of other providers, and addresses of your own: docs/models.md
# ANTHROPIC_API_KEY=
# OPENAI_BASE_URL=
`

/** Keys go into \`.env\`; what is there already is left as it is. */
async function makeKeyExample(): Promise<readonly string[]> {
  const made: string[] = []
  if (!existsSync('.env.example')) {
    await writeFile('.env.example', keyExample)
    made.push('.env.example')
  }
  const ignored = await readFile('.gitignore', 'utf8').catch(() => undefined)
  if (ignored === undefined || !/^\/?\.env$/m.test(ignored)) {
    await appendFile('.gitignore', `${ignored === undefined || ignored.endsWith('\n') ? '' : '\n'}.env\n`)
    made.push('.gitignore')
  }
  return made
}

function textOf(name: string, template: Template, { files, directory }: MadeTask): string {
  const lines = ['Made:', ...files.map((file) => `  ${file}`), '']
  if (template === 'agent' && !hasZod()) lines.push('Its tools need zod:', '  npm install zod', '')
  lines.push(...(template === 'watch' ? nextOfProgram(directory, name) : nextOfTask(name)))
  return `${lines.join('\n')}\n`
}

function nextOfTask(name: string): string[] {
  return [
    'Rehearse it on simulated models, with no key and no cost; then see what it would cost, and all that is known of the run:',
    `  ${commandLine(['run', '--task', name, '--simulate'])}`,
    `  ${commandLine(['estimate', '--task', name])}`,
    `  ${commandLine(['show'])}`,
    '',
    'For real answers, put a key into .env (see .env.example) and leave out --simulate.',
  ]
}

function nextOfProgram(directory: string, name: string): string[] {
  return [
    'Run it watched (without OPENAI_API_KEY it calls simulated models); then all that is known of it, and as a page:',
    `  ${commandLine(['exec', '--task', name, '--', 'node', join(directory, 'app.mjs')])}`,
    `  ${commandLine(['show'])}`,
    `  ${commandLine(['report', '--html', 'report.html'])}`,
    '',
    'Then put your own program in its place.',
  ]
}

function hasZod(): boolean {
  try {
    createRequire(resolve('package.json')).resolve('zod')
    return true
  } catch {
    return false
  }
}
