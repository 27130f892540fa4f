import { messageOf, SygraError } from '../../errors.ts'
import { certificateProblem } from '../../metadata/events/certificate-codes.ts'
import { callModel } from './call-model.ts'
import { baseUrlOf } from './clients/openai-endpoint.ts'
import { fetchWithTls } from './clients/tls-fetch.ts'
import { modelSettingName } from './environment-file.ts'
import type { ModelAddress } from './model-addresses.ts'
import type { ModelClient } from './model-call.ts'
import { isChat } from './model-purpose.ts'
import type { ResolvedModel } from './resolve-model.ts'
import { serviceOf } from './services.ts'

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
    // A word asked of one that makes images would be an image, and its price.
    isChat(resolved.purpose) &&
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
    const reason = reasonOf(error)
    const untrusted = certificateProblem(reason, '"ssl_cert" in models.yaml, or in NODE_EXTRA_CA_CERTS')
    return untrusted !== undefined
      ? `model "${model.name}" (${model.type}): ${address.url} is not trusted: ${untrusted}`
      : `${told(model, address, `does not answer (${reason})`)}${proxyHint(process.env)}`
  }
}

async function askModel(client: ModelClient, signal: AbortSignal | undefined): Promise<string | undefined> {
  const parameters = { ...client.parameters, max_tokens: answerTokens }
  try {
    await callModel({
      // A kept answer would say nothing of the model.
      client: { ...client, parameters, cache: undefined },
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

function told(model: ResolvedModel, { url, urlFrom, tokenFrom }: ModelAddress, problem: string): string {
  const remedy = problem.includes('key')
    ? `; it was read from ${tokenFrom ?? 'nowhere: there is none'}`
    : `; ${placeOf(model, urlFrom)}`
  return `model "${model.name}" (${model.type}): ${url} ${problem}${remedy}`
}

/** Where the address comes from, or could. */
function placeOf({ name, type }: ResolvedModel, urlFrom: string | undefined): string {
  const [variable = modelSettingName(name, 'URL')] = serviceOf(type).urlVariables
  if (urlFrom === undefined)
    return `check the network; another address is given by ${variable}, or "url" in models.yaml`
  // Where a file says the address, a variable can say another one.
  const place = /^[A-Z]/.test(urlFrom) ? urlFrom : `${modelSettingName(name, 'URL')} or "url" in models.yaml`
  return `its address is set by ${place}`
}

/** Who is behind a proxy expects it to be used, and Node does so only when told. */
function proxyHint(environment: NodeJS.ProcessEnv): string {
  const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']
  const name = names.find((candidate) => environment[candidate])
  if (name === undefined || environment.NODE_USE_ENV_PROXY === '1') return ''
  return `; ${name} is set, but Node uses it only with NODE_USE_ENV_PROXY=1 (Node 22.21, 24.5 and newer)`
}

function unavailable(problems: readonly string[]): SygraError {
  return new SygraError(
    'model_unavailable',
    `${problems.join('\n')}\nTo run without this check: \`checkModels: false\``,
  )
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer in ${probeTimeoutMs / 1000} s`
  const cause = error instanceof Error ? error.cause : undefined
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code)
  return messageOf(cause ?? error)
}

/** A request that costs nothing and shows whether a model can be called. */
export interface AvailabilityProbe {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The answer lists every model that is served there, so that one that is not listed is not served. */
  readonly listsAll: boolean
}

/** The probe for a model at one of its addresses; undefined where its service has nothing to ask without cost. */
export function probeOf(model: ResolvedModel, address: ModelAddress): AvailabilityProbe | undefined {
  const { url, token } = address
  if (url === undefined || model.isSimulated) return undefined
  switch (model.type) {
    case 'bedrock':
    case 'vertex_ai':
    case 'azure':
      return undefined
    case 'anthropic':
      return probe(`${url}/models/${encodeURIComponent(model.upstreamModel)}`, model, {
        ...(token === undefined ? {} : { 'x-api-key': token }),
        'anthropic-version': '2023-06-01',
      })
    case 'gemini':
      return probe(
        `${url}/models/${model.upstreamModel}`,
        model,
        token === undefined ? {} : { 'x-goog-api-key': token },
      )
    case 'azure_openai':
      return probe(azureModelsUrl(model, url), model, token === undefined ? {} : { 'api-key': token })
    default: {
      const bearer = { authorization: `Bearer ${token}` }
      return { ...probe(`${url}/models`, model, token === undefined ? {} : bearer), listsAll: listsAll(model, url) }
    }
  }
}

/** What is surely wrong with an answer to the probe; undefined when the model may be called. */
export function problemIn(
  { status, body }: { readonly status: number; readonly body: unknown },
  { model, listsAll }: { readonly model: ResolvedModel; readonly listsAll: boolean },
): string | undefined {
  // A key that may call models need not be allowed to list them, and many gateways have no list.
  if (status === 401) return 'refuses the key (401)'
  if (status === 502 || status === 503 || status === 504) return `is not ready (${status})`
  if (status !== 200 || !listsAll) return undefined
  const names = namesIn(body)
  if (names === undefined || isServed(model.upstreamModel, names)) return undefined
  const served = names.length === 0 ? 'no model' : names.slice(0, 8).join(', ')
  return `does not serve "${model.upstreamModel}", but ${served}${names.length > 8 ? ', …' : ''}`
}

function probe(url: string, { headers }: ResolvedModel, own: Readonly<Record<string, string>>): AvailabilityProbe {
  return { url, headers: { ...own, ...headers }, listsAll: false }
}

function azureModelsUrl(model: ResolvedModel, url: string): string {
  const base = baseUrlOf(model, url).replace(/\/openai\/deployments\/.*$/, '/openai')
  const version = model.apiVersion === undefined ? '' : `?api-version=${encodeURIComponent(model.apiVersion)}`
  return `${base}/models${version}`
}

function listsAll({ type }: ResolvedModel, url: string): boolean {
  return type === 'vllm' || type === 'ollama' || (type === 'openai' && new URL(url).hostname === 'api.openai.com')
}

function namesIn(body: unknown): readonly string[] | undefined {
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined
  if (!Array.isArray(data)) return undefined
  return data.flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string' ? [item.id] : [],
  )
}

// Ollama lists what it serves with its tag, and takes the latest when none is named.
function isServed(name: string, names: readonly string[]): boolean {
  return names.includes(name) || names.includes(`${name}:latest`)
}
