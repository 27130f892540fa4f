import { Argument, Command } from 'commander'

/** `sygra completion`: the script that makes a shell complete the command line. */
export function completionCommand(loadAll: () => Promise<readonly Command[]>): Command {
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
      const loaded = await loadAll()
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

/** A command as a shell completes it. */
export interface CompletedCommand {
  readonly name: string
  readonly description: string
  readonly options: readonly CompletedOption[]
}

export interface CompletedOption {
  /** With the dashes; some options have a short form only, or none. */
  readonly long?: string
  readonly short?: string
  readonly description: string
  readonly takesValue: boolean
  readonly choices: readonly string[]
}

export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

/** The script that makes a shell complete the commands, their options and the values of these; else file names. */
export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return bashScript(commands)
    case 'zsh':
      return zshScript(commands)
    case 'fish':
      return fishScript(commands)
    default:
      return shell satisfies never
  }
}

function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  const choices = commands.flatMap(({ name, options }) =>
    options
      .filter((option) => option.choices.length > 0)
      .map((option) => `    "${name} ${option.long}") words="${option.choices.join(' ')}" ;;`),
  )
  const flags = commands.map(({ name, options }) => `      ${name}) words="${flagsOf(options).join(' ')}" ;;`)
  return `# eval "$(sygra completion bash)", or write it to a file that ~/.bashrc reads.
_sygra() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD-1]}" in
${choices.join('\n')}
  esac
  if [ -z "$words" ] && [[ "$current" == -* ]]; then
    case "\${COMP_WORDS[1]}" in
${flags.join('\n')}
    esac
  fi
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -F _sygra sygra
`
}

function zshScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name, description }) => `    ${inQuotes(`${name}:${description}`)}`)
  const cases = commands.map(({ name, options }) => {
    const specifications = options.flatMap(zshSpecifications)
    return `    ${name}) _arguments ${[...specifications, "'*:file:_files'"].join(' ')} ;;`
  })
  return `#compdef sygra
# eval "$(sygra completion zsh)" after compinit, or write it to a file named _sygra in a folder of $fpath.
_sygra() {
  local -a commands
  commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local name="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$name" in
${cases.join('\n')}
  esac
}
if [ "\${funcstack[1]}" = "_sygra" ]; then _sygra "$@"; else compdef _sygra sygra; fi
`
}

function zshSpecifications({ long, short, description, takesValue, choices }: CompletedOption): string[] {
  const text = description.replaceAll(/[[\]:\\]/g, '\\$&')
  const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : takesValue ? ':value:_files' : ''
  return [long, short].flatMap((flag) => (flag === undefined ? [] : inQuotes(`${flag}[${text}]${value}`)))
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(
    ({ name, description }) =>
      `complete -c sygra -n __fish_use_subcommand -f -a ${name} -d ${inFishQuotes(description)}`,
  )
  const options = commands.flatMap(({ name, options }) =>
    options.map(({ long, short, description, takesValue, choices }) => {
      const flags = [long && `-l ${long.slice(2)}`, short && `-s ${short.slice(1)}`].filter(Boolean).join(' ')
      const value = choices.length > 0 ? ` -x -a ${inFishQuotes(choices.join(' '))}` : takesValue ? ' -r' : ''
      return `complete -c sygra -n '__fish_seen_subcommand_from ${name}' ${flags}${value} -d ${inFishQuotes(description)}`
    }),
  )
  return `# sygra completion fish > ~/.config/fish/completions/sygra.fish\n${[...names, ...options].join('\n')}\n`
}

function flagsOf(options: readonly CompletedOption[]): string[] {
  return options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined))
}

function inQuotes(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function inFishQuotes(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
