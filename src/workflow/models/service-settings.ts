import { SygraError } from '../../errors.ts'
import { modelSetting, modelSettingName } from './environment-file.ts'
import type { ModelEntry } from './models-config.ts'
import { type ServiceSetting, serviceOf } from './services.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * What a service is told besides address and key, by the name of the setting. A variable of the model goes before
 * models.yaml, and that before the variables that are common for the service.
 *
 * @throws SygraError `missing_key` for what the service cannot do without.
 */
export function settingsOf(
  name: string,
  entry: ModelEntry,
  environment: Environment,
): Readonly<Record<string, string>> {
  const service = serviceOf(entry.model_type)
  const found: Record<string, string> = {}
  for (const [setting, how] of Object.entries(service.settings)) {
    const value = findSetting(name, { entry, how, environment })
    if (value !== undefined) found[setting] = value
    else if (isNeeded(name, { entry, how, environment })) throw missing(name, setting, how)
  }
  return found
}

interface Lookup {
  readonly entry: ModelEntry
  readonly how: ServiceSetting
  readonly environment: Environment
}

function findSetting(name: string, { entry, how, environment }: Lookup): string | undefined {
  const own = how.variables.map((variable) => modelSetting(environment, name, variable)).find(Boolean)
  const inFile = how.key === undefined ? undefined : entry[how.key]
  return own ?? inFile ?? how.variables.map((variable) => environment[variable]).find(Boolean)
}

function isNeeded(name: string, { entry, how, environment }: Lookup): boolean {
  const { keyVariables, urlVariables } = serviceOf(entry.model_type)
  const isGiven = (keys: readonly string[], variables: readonly string[]) =>
    keys.some((key) => modelSetting(environment, name, key) !== undefined) ||
    variables.some((variable) => Boolean(environment[variable]))
  switch (how.isNeeded) {
    case 'without-key':
      return !isGiven(['TOKEN', 'AUTH_TOKEN'], keyVariables)
    case 'without-url':
      return entry.url === undefined && !isGiven(['URL'], urlVariables)
    case undefined:
      return false
    default:
      return how.isNeeded satisfies never
  }
}

function missing(name: string, setting: string, { variables, key }: ServiceSetting): SygraError {
  const [first = setting] = variables
  const inFile = key === undefined ? '' : `, or "${key}" in models.yaml`
  return new SygraError(
    'missing_key',
    `model "${name}" has no ${setting}: set ${first} or ${modelSettingName(name, first)} in the environment or in .env${inFile}`,
  )
}
