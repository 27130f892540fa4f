import { messageOf, SygraError } from '../../errors.ts'
import { probeOf, problemIn } from './availability.ts'
import { callModel } from './call-model.ts'
import { fetchWithTls } from './clients/tls-fetch.ts'
import { modelSettingName } from './environment-file.ts'
import type { ModelAddress } from './model-addresses.ts'
import type { ModelClient } from './model-client.ts'
import type { ResolvedModel } from './resolve-model.ts'

const probeTimeoutMs = 10_000
// The fewest that every service accepts.
const answerTokens = 16

/**
 * Asks the services of models whether they can be called, where that costs nothing.
 *
 * @throws SygraError `model_unavailable` with a line for each address where a model surely cannot be called.
 */
export async function checkWithoutCost(clients: readonly ModelClient[], signal?: AbortSignal): Promise<void> {
  const problems = await problemsWithoutCost(clients, signal)
  if (problems.length > 0) throw unavailable(problems)
}

/** What keeps models from being called, a line for each address, as far as that can be asked without cost. */
export async function problemsWithoutCost(
  clients: readonly ModelClient[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const probes = byName(clients).flatMap(({ resolved }) =>
    resolved === undefined ? [] : resolved.addresses.map((address) => askService(resolved, address, signal)),
  )
  return [...new Set((await Promise.all(probes)).flatMap((problem) => problem ?? []))]
}

/**
 * Asks models whose services have nothing to ask without cost for a word. These requests are counted like any other, and
 * belong to no record.
 *
 * @throws SygraError `model_unavailable`.
 */
export async function checkWithRequest(clients: readonly ModelClient[], signal?: AbortSignal): Promise<void> {
  const problems = await Promise.all(
    byName(clients)
      .filter(hasNoProbe)
      .map((client) => askModel(client, signal)),
  )
  const found = problems.flatMap((problem) => problem ?? [])
  if (found.length > 0) throw unavailable(found)
}

// Nodes with other parameters ask the same model.
function byName(clients: readonly ModelClient[]): readonly ModelClient[] {
  return [...new Map(clients.map((client) => [client.identity.name, client])).values()]
}

function hasNoProbe({ resolved }: ModelClient): boolean {
  return (
    resolved !== undefined &&
    !resolved.isSimulated &&
    resolved.addresses.every((address) => probeOf(resolved, address) === undefined)
  )
}

async function askService(
  model: ResolvedModel,
  address: ModelAddress,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const probe = probeOf(model, address)
  if (probe === undefined) return undefined
  const { url, headers, listsAll } = probe
  const timeout = AbortSignal.timeout(probeTimeoutMs)
  try {
    const fetch = await fetchWithTls(model)
    const response = await fetch(url, {
      headers: { ...headers },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    const body: unknown = await response.json().catch(() => undefined)
    const problem = problemIn({ status: response.status, body }, { model, listsAll })
    return problem === undefined ? undefined : told(model, address, problem)
  } catch (error) {
    if (signal?.aborted || error instanceof SygraError) throw error
    return told(model, address, `does not answer (${reasonOf(error)})`)
  }
}

async function askModel(client: ModelClient, signal: AbortSignal | undefined): Promise<string | undefined> {
  const parameters = { ...client.parameters, max_tokens: answerTokens }
  try {
    await callModel({
      client: { ...client, parameters },
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
      signal,
    })
    return undefined
  } catch (error) {
    if (signal?.aborted || isRunStopped(error)) throw error
    return `model "${client.identity.name}" (${client.resolved?.type}) cannot be called: ${messageOf(error)}`
  }
}

// A limit that is reached says nothing of the model.
function isRunStopped(error: unknown): boolean {
  return error instanceof SygraError && error.code === 'run_stopped'
}

function told(model: ResolvedModel, { url, tokenFrom }: ModelAddress, problem: string): string {
  const remedy = problem.includes('key')
    ? `; it was read from ${tokenFrom ?? 'nowhere: there is none'}`
    : `; its address is set by ${modelSettingName(model.name, 'URL')} or "url" in models.yaml`
  return `model "${model.name}" (${model.type}): ${url} ${problem}${remedy}`
}

function unavailable(problems: readonly string[]): SygraError {
  return new SygraError('model_unavailable', `${problems.join('\n')}\nTo run without this check: --no-check-models`)
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer in ${probeTimeoutMs / 1000} s`
  const cause = error instanceof Error ? error.cause : undefined
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code)
  return messageOf(cause ?? error)
}
