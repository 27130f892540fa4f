import { Argument, Command } from 'commander'
import { type CompletedCommand, completionScript, type Shell, shells } from './completion-scripts.ts'

/** `sygra completion`: the script that makes a shell complete the command line. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('Print the script that makes a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      `
bash: eval "$(sygra completion bash)" in ~/.bashrc
zsh:  eval "$(sygra completion zsh)" in ~/.zshrc, after compinit
fish: sygra completion fish > ~/.config/fish/completions/sygra.fish`,
    )
    .action(async (shell: Shell) => {
      const { commands } = await import('./commands.ts')
      const loaded = await Promise.all(Object.values(commands).map((load) => load()))
      process.stdout.write(completionScript(shell, loaded.map(completedOf)))
    })
}

function completedOf(command: Command): CompletedCommand {
  return {
    name: command.name(),
    description: command.description(),
    options: command.options
      .filter(({ hidden }) => !hidden)
      .map(({ long, short, description, required, optional, argChoices = [] }) => ({
        ...(long == null ? {} : { long }),
        ...(short == null ? {} : { short }),
        description,
        takesValue: required || optional,
        choices: argChoices,
      })),
  }
}
