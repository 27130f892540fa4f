import { messageOf } from '../errors.ts'
import { formatSeconds } from '../report/text/format-values.ts'
import { redactText, redactUrl } from '../runtime/redact.ts'
import { loadModels } from '../workflow/models/load-models.ts'
import { type ModelsFile, modelTypes } from '../workflow/models/models-config.ts'
import { resolveModel } from '../workflow/models/resolve-model.ts'
import { serviceOf } from '../workflow/models/services.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What is looked at, and how. */
export interface Examination {
  readonly directory: string
  readonly isOffline: boolean
  readonly timeoutSeconds: number
}

/** Which keys are there, which models can be called, and which endpoints answer. */
export async function examineModels(environment: Environment, examination: Examination): Promise<Finding[]> {
  const models = modelsOf(environment)
  if ('state' in models) return [models]
  const configured = Object.keys(models.file).map((name) => modelFinding(name, models.file, environment))
  const urls = new Set([...configured.flatMap(({ urls }) => urls), ...urlsWithKey(environment)])
  const reached = examination.isOffline
    ? []
    : await Promise.all([...urls].map((url) => reachFinding(url, examination.timeoutSeconds)))
  return [keysFinding(environment), ...configured.map(({ finding }) => finding), ...reached]
}

function modelsOf(environment: Environment): { readonly file: ModelsFile } | Finding {
  try {
    return { file: loadModels({ directory: undefined, environment }) }
  } catch (error) {
    const remedy = 'Mend the file; docs/models.md shows what it may hold.'
    return { what: 'models.yaml', state: 'bad', found: redactText(messageOf(error)), remedy }
  }
}

/** The variables that hold keys, by name only: no character of a key is printed. */
function keysFinding(environment: Environment): Finding {
  const common = modelTypes.flatMap((type) => serviceOf(type).keyVariables)
  const own = Object.keys(environment).filter((name) => /^SYGRA_.+_(AUTH_)?TOKEN$/.test(name))
  const found = [...new Set([...common, ...own])].filter((name) => environment[name])
  if (found.length > 0) return { what: 'keys', state: 'ok', found: found.join(', ') }
  return {
    what: 'keys',
    state: 'warning',
    found: 'none in the environment or in .env',
    remedy:
      'Set OPENAI_API_KEY, or the variable of your provider; or rehearse without one: `sygra run --task my_task --simulate`',
  }
}

function modelFinding(name: string, models: ModelsFile, environment: Environment) {
  const what = `model ${name}`
  try {
    const { type, addresses } = resolveModel({ name }, { models, environment })
    const places = addresses.map(({ url, tokenFrom }) =>
      [url === undefined ? 'address of its client' : redactUrl(url), tokenFrom && `key in ${tokenFrom}`]
        .filter(Boolean)
        .join(', '),
    )
    const finding: Finding = { what, state: 'ok', found: `${type}: ${[...new Set(places)].join('; ')}` }
    return { finding, urls: addresses.flatMap(({ url }) => url ?? []) }
  } catch (error) {
    const finding: Finding = { what, state: 'bad', found: redactText(messageOf(error)) }
    return { finding, urls: [] }
  }
}

/** The usual addresses of the services whose key is there. */
function urlsWithKey(environment: Environment): string[] {
  return modelTypes.flatMap((type) => {
    const { keyVariables, urlVariables, url } = serviceOf(type)
    if (!keyVariables.some((name) => environment[name])) return []
    return urlVariables.map((name) => environment[name]).find(Boolean) ?? url ?? []
  })
}

/** Whether a server answers at all: it is asked without a key, so that nothing is spent, and may well refuse. */
async function reachFinding(url: string, timeoutSeconds: number): Promise<Finding> {
  const what = `endpoint ${redactUrl(url)}`
  const startedAt = performance.now()
  try {
    const signal = AbortSignal.timeout(timeoutSeconds * 1000)
    const response = await fetch(withoutCredentials(url), { redirect: 'manual', signal })
    await response.body?.cancel()
    const took = formatSeconds((performance.now() - startedAt) / 1000)
    return { what, state: 'ok', found: `answers after ${took} (${response.status} without a key)` }
  } catch (error) {
    const remedy = 'Check the address, the network and the proxy; models there will fail until it answers.'
    return { what, state: 'bad', found: reasonOf(error), remedy }
  }
}

function withoutCredentials(url: string): string {
  const parsed = new URL(url)
  parsed.username = ''
  parsed.password = ''
  parsed.search = ''
  return parsed.href
}

function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'no answer in time'
  const cause: unknown = error instanceof Error ? error.cause : undefined
  return redactText(cause instanceof Error ? cause.message || messageOf(error) : messageOf(error))
}

/** What the doctor found of one thing. */
export interface Finding {
  readonly what: string
  /** `warning`: runs work, but something is missing. `bad`: something will fail. */
  readonly state: 'ok' | 'warning' | 'bad'
  /** Without secrets. */
  readonly found: string
  readonly remedy?: string
}
