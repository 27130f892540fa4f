import { openSync, writeSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { messageOf, SygraError } from '../errors.ts'
import type { AnswerFunction } from '../simulator/answers/answer.ts'
import type { SimulatedRequest } from '../simulator/request-log.ts'
import { type SimulatorSettings, type SimulatorSettingsInput, simulatorSettings } from '../simulator/settings.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { createFunctionLoader } from '../workflow/module-loader.ts'
import { commandLine } from './terminal/command-line.ts'
import { parseWholeNumber } from './terminal/option-values.ts'

/** The settings that have an option, in groups; the settings themselves say what each does, its range and its default. */
const settingOptions: readonly (readonly [
  group: string,
  options: readonly (readonly [flags: string, setting: keyof SimulatorSettings])[],
])[] = [
  [
    'Answers:',
    [
      ['--seed <number>', 'seed'],
      ['--answer-tokens <number>', 'answerTokens'],
      ['--cache-hit-rate <rate>', 'cacheHitRate'],
    ],
  ],
  [
    'Times:',
    [
      ['--latency <seconds>', 'latencySeconds'],
      ['--ttft <seconds>', 'timeToFirstTokenSeconds'],
      ['--tokens-per-second <number>', 'tokensPerSecond'],
      ['--time-scale <factor>', 'timeScale'],
      ['--batch-seconds <seconds>', 'batchSeconds'],
    ],
  ],
  [
    'Faults:',
    [
      ['--rate-limit-rate <rate>', 'rateLimitRate'],
      ['--retry-after <seconds>', 'retryAfterSeconds'],
      ['--server-error-rate <rate>', 'serverErrorRate'],
      ['--drop-rate <rate>', 'dropRate'],
      ['--broken-json-rate <rate>', 'brokenJsonRate'],
      ['--max-faults-per-call <number>', 'maxFaultsPerCall'],
      ['--batch-expiry-rate <rate>', 'batchExpiryRate'],
    ],
  ],
]

interface SimulateFlags {
  readonly port: number
  readonly answers?: string
  readonly log?: string
}

/** `sygra simulate`: a provider that calls no model, until it is interrupted. */
export function simulateCommand(): Command {
  const command = new Command('simulate')
    .description('Serve simulated models in the format of OpenAI, with faults and waits drawn from a seed.')
    .option('--port <number>', 'where to listen on 127.0.0.1; 0: any free port', parseWholeNumber(0), 0)
    .option('--answers <file>', 'a module that exports "answer", a function from a request to its answer')
    .option('--log <file>', 'append each served attempt as a line of JSON')
  const options = settingOptions.flatMap(([group, settings]) => {
    command.optionsGroup(group)
    return settings.map(([flags, setting]) => {
      const option = optionFor(flags, setting)
      command.addOption(option)
      return { setting, option }
    })
  })
  return command.action(async (flags: SimulateFlags & Record<string, unknown>) => {
    const entries = options.map(({ option, setting }) => [setting, flags[option.attributeName()]])
    await simulate(flags, Object.fromEntries(entries))
  })
}

function optionFor(flags: string, setting: keyof SimulatorSettings): Option {
  const schema = simulatorSettings.shape[setting]
  return new Option(flags, schema.description).default(schema.parse(undefined)).argParser((value) => {
    const number = Number(value)
    if (value.trim() === '' || Number.isNaN(number)) throw new InvalidArgumentError('expected a number.')
    const parsed = schema.safeParse(number)
    if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues.map((issue) => issue.message).join('; '))
    return parsed.data
  })
}

async function simulate(flags: SimulateFlags, settings: SimulatorSettingsInput): Promise<void> {
  const answers = flags.answers === undefined ? undefined : await loadAnswers(flags.answers)
  const onRequest = flags.log === undefined ? undefined : logTo(flags.log)
  let served = 0
  const simulator = await startSimulator({
    ...settings,
    port: flags.port,
    answers,
    onRequest: (request) => {
      served++
      onRequest?.(request)
    },
  })
  process.stdout.write(introductionOf(simulator))
  await untilSignal()
  await simulator.close()
  process.stdout.write(`Served ${served} attempt${served === 1 ? '' : 's'}.\n`)
}

function introductionOf({ url }: Simulator): string {
  return [
    `Simulated models at ${url}; Ctrl-C ends them.`,
    '',
    'Point any client of OpenAI at them:',
    `  export OPENAI_BASE_URL=${url} OPENAI_API_KEY=simulated`,
    '',
    'or rehearse a task:',
    `  ${commandLine(['run', '--task', 'examples.code_assistant', '--simulate', url])}`,
    '',
    '',
  ].join('\n')
}

async function loadAnswers(file: string): Promise<AnswerFunction> {
  const answer = await createFunctionLoader(process.cwd())(`${file}#answer`, '--answers')
  return (request, context) => Reflect.apply(answer, undefined, [request, context])
}

/** Written synchronously: what was served before a kill is in the file. */
function logTo(path: string): (request: SimulatedRequest) => void {
  let file: number
  try {
    file = openSync(path, 'a')
  } catch (error) {
    throw new SygraError('not_writable', `--log: ${path} cannot be written: ${messageOf(error)}`, { cause: error })
  }
  return (request) => writeSync(file, `${JSON.stringify(request)}\n`)
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      process.off('SIGINT', end)
      process.off('SIGTERM', end)
      resolve()
    }
    process.on('SIGINT', end)
    process.on('SIGTERM', end)
  })
}
