/** What a request to the simulator is for. */
export type Route =
  | { readonly type: 'chat'; readonly deployment?: string }
  | { readonly type: 'models' }
  | { readonly type: 'model'; readonly id: string }
  | { readonly type: 'wrong-method'; readonly allowed: 'GET' | 'POST' }
  | { readonly type: 'unknown' }

/** Finds the route of a method and a path; Azure's two styles and paths without `/v1` are known too. */
export function routeOf(method: string, path: string): Route {
  const route = chatRoute(path) ?? modelRoute(path)
  if (route === undefined) return { type: 'unknown' }
  const allowed = route.type === 'chat' ? 'POST' : 'GET'
  return method === allowed ? route : { type: 'wrong-method', allowed }
}

function chatRoute(path: string): Route | undefined {
  if (/^(\/openai)?(\/v1)?\/chat\/completions$/.test(path)) return { type: 'chat' }
  const deployment = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(path)?.[1]
  return deployment === undefined ? undefined : { type: 'chat', deployment: decoded(deployment) }
}

function modelRoute(path: string): Route | undefined {
  const found = /^(?:\/openai)?(?:\/v1)?\/models(?:\/(.+))?$/.exec(path)
  if (found === null) return undefined
  return found[1] === undefined ? { type: 'models' } : { type: 'model', id: decoded(found[1]) }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The models that are listed; every other name is served as well. */
export const listedModels = [
  'gpt-4o',
  'gpt-4o-mini',
  'gpt-4.1',
  'gpt-4.1-mini',
  'gpt-5',
  'gpt-5-mini',
  'o3',
  'o4-mini',
  'gpt-4-turbo',
]

/** A model as `GET /v1/models` describes it. */
export function modelBody(id: string): Record<string, unknown> {
  return { id, object: 'model', created: 0, owned_by: 'sygra-simulator' }
}
