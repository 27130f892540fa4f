import { relative } from 'node:path'
import { Command } from 'commander'
import { messageOf, SygraError } from '../errors.ts'
import type { PortedTask } from '../workflow/port/port-task.ts'
import { commandLine } from './terminal/command-line.ts'

/** `sygra port`: makes a task of this package of one of SyGra's Python system. */
export function portCommand(): Command {
  return new Command('port')
    .description(
      "Port a task of SyGra's Python system: its YAML with the names used here, its data, and a TypeScript file with a typed stub for each function it names. Nothing that is there is changed.",
    )
    .argument('<folder>', 'the folder of the Python task, in its repository: ~/sygra/tasks/examples/demo')
    .option('--to <folder>', 'where to write; by default the same path as in the repository, from where one runs')
    .action(async (folder: string, { to }: { readonly to?: string }) => {
      const { portTask } = await import('../workflow/port/port-task.ts')
      const ported = await portTask(folder, to)
      for (const task of ported) process.stdout.write(await textOf(task))
    })
}

async function textOf(task: PortedTask): Promise<string> {
  const { written, kept, changes, functions, standIns } = task
  const name = relative('.', task.directory) || '.'
  const lines = [
    ...section(
      `Made ${name}:`,
      written.map((path) => relative('.', path)),
    ),
    ...section(
      'There already, left as it is:',
      kept.map((path) => relative('.', path)),
    ),
    ...section('Changed in the YAML:', changes),
    ...section('To be written, each described at its stub:', functions),
    ...section('Parts of SyGra itself that are not there; a stand-in of your own is needed:', standIns),
    ...section('To be put right in the YAML or the data:', await problemsOf(name)),
    'Then check it, and rehearse it without a key:',
    `  ${commandLine(['validate', '--task', name, '--simulate'])}`,
    `  ${commandLine(['run', '--task', name, '--simulate', '--num_records', '3'])}`,
    '',
    '',
  ]
  return lines.join('\n')
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), '']
}

/** What `validate` says of the task as it is now. */
async function problemsOf(task: string): Promise<readonly string[]> {
  const { validateTask } = await import('../workflow/validate-task.ts')
  try {
    const { warnings } = await validateTask(task.includes('/') ? task : `./${task}`, { needsKeys: false })
    return warnings
  } catch (error) {
    if (!(error instanceof SygraError)) throw error
    const problems = messageOf(error).split('\n')
    const needsZod = problems.some((line) => line.includes("Cannot find module 'zod'"))
    // The error of Node goes on with the files that led to the module.
    const own = problems.filter((line) => !/^Require stack:|^- |Cannot find module 'zod'/.test(line))
    return needsZod ? ['the schemas of tools and answers need zod: npm install zod', ...own] : own
  }
}
