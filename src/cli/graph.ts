import { Command, Option } from 'commander'

/** `sygra graph`: draws the graph of a task. */
export function graphCommand(): Command {
  return new Command('graph')
    .description('Draw the graph of a task, as text or as a Mermaid flowchart.')
    .requiredOption('-t, --task <name>', 'the task: examples.demo for tasks/examples/demo, or a path')
    .addOption(new Option('--format <format>', 'how').choices(['text', 'mermaid']).default('text'))
    .action(async ({ task, format }: { task: string; format: 'text' | 'mermaid' }) => {
      const { readTask } = await import('../workflow/load-task.ts')
      const { drawMermaid, drawText } = await import('../workflow/config/draw-graph.ts')
      const { config } = readTask(task)
      process.stdout.write(format === 'mermaid' ? drawMermaid(config) : drawText(config))
    })
}
