import { Command } from 'commander'
import { messageOf, SygraError } from '../errors.ts'
import type { WorkflowDefinition } from '../workflow/define-workflow.ts'
import { prose } from './terminal/terminal.ts'
import { asTyped } from './terminal/typed-words.ts'

const failed = 1

interface ValidateFlags {
  readonly task: string
  readonly source?: string
  readonly simulate?: boolean
  readonly checkModels?: boolean
  readonly json?: boolean
}

/** `sygra validate`: checks a task as a run would before its first request. */
export function validateCommand(): Command {
  return new Command('validate')
    .description(
      'Check a task without running it: configuration, functions, models, data. Exit code 1 when it is wrong.',
    )
    .requiredOption('-t, --task <name>', 'the task: examples.demo for tasks/examples/demo, or a path')
    .option('--source <path>', "a file, or a pattern of files, in place of the task's own source")
    .option('--simulate', 'for runs on simulated models: no keys are needed')
    .option('--check-models', 'ask the services whether the models can be called, where that costs nothing')
    .option('--json', 'the problems as JSON')
    .action(async ({ task, source, simulate, checkModels, json }: ValidateFlags) => {
      const { validateTask } = await import('../workflow/validate-task.ts')
      try {
        const definition = await validateTask(task, {
          needsKeys: simulate !== true,
          asksServices: checkModels,
          sourcePath: source,
        })
        process.stdout.write(
          json === true
            ? jsonOf(task, [], definition.warnings)
            : prose(
                [await summaryOf(definition), ...definition.warnings.map((line) => `warning: ${line}`), ''].join('\n'),
              ),
        )
      } catch (error) {
        if (!(error instanceof SygraError)) throw error
        const problems = asTyped(messageOf(error)).split('\n')
        process.stdout.write(json === true ? jsonOf(task, problems) : prose(textOf(problems)))
        process.exitCode = failed
      }
    })
}

function jsonOf(task: string, problems: readonly string[], warnings: readonly string[] = []): string {
  return `${JSON.stringify({ task, is_valid: problems.length === 0, problems, warnings }, null, 2)}\n`
}

function textOf(problems: readonly string[]): string {
  return `${problems.join('\n')}\n${problems.length === 1 ? '1 problem' : `${problems.length} problems`}\n`
}

async function summaryOf({ taskName, config, source, sinks }: WorkflowDefinition): Promise<string> {
  const { nodes, edges } = config.graph_config
  const count = await source?.count()
  const { sourceType, sourcePath } = source?.describe() ?? { sourceType: 'none', sourcePath: undefined }
  const data = source === undefined ? 'no data' : [...new Set([sourceType, sourcePath])].filter(Boolean).join(' ')
  const parts = [
    countOf(Object.keys(nodes).length, 'node'),
    edges === undefined ? 'in sequence' : countOf(edges.length, 'edge'),
    count === undefined ? data : `${data} with ${countOf(count, 'record')}`,
    ...(sinks.length > 0 ? [countOf(sinks.length, 'sink')] : []),
  ]
  return `${taskName} is fine: ${parts.join(', ')}`
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
