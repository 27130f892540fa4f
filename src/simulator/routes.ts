import type { MediaOperation } from './media-request.ts'

/** What a request to the simulator is for. */
export type Route =
  | { readonly type: 'chat'; readonly deployment?: string }
  | { readonly type: 'media'; readonly operation: MediaOperation; readonly deployment?: string }
  | { readonly type: 'models' }
  | { readonly type: 'model'; readonly id: string }
  | BatchRoute
  | MessageBatchRoute
  | { readonly type: 'wrong-method'; readonly allowed: 'GET' | 'POST' }
  | { readonly type: 'unknown' }

/** Finds the route of a method and a path; Azure's two styles and paths without `/v1` are known too. */
export function routeOf(method: string, path: string): Route {
  const batches = batchRoute(method, path) ?? messageBatchRoute(method, path)
  if (batches !== undefined) return batches
  const route = callRoute(path) ?? modelRoute(path)
  if (route === undefined) return { type: 'unknown' }
  const allowed = route.type === 'chat' || route.type === 'media' ? 'POST' : 'GET'
  return method === allowed ? route : { type: 'wrong-method', allowed }
}

const operations: readonly MediaOperation[] = [
  'images/generations',
  'images/edits',
  'audio/speech',
  'audio/transcriptions',
]

function callRoute(path: string): Route | undefined {
  const [, named] = /^\/openai\/deployments\/([^/]+)\//.exec(path) ?? []
  const rest = named === undefined ? path.replace(/^(\/openai)?(\/v1)?\//, '') : path.split('/').slice(4).join('/')
  const deployment = named === undefined ? {} : { deployment: decoded(named) }
  if (rest === 'chat/completions') return { type: 'chat', ...deployment }
  const operation = operations.find((each) => each === rest)
  return operation === undefined ? undefined : { type: 'media', operation, ...deployment }
}

/** What belongs to batches. */
export type BatchRoute =
  | { readonly type: 'upload' }
  | { readonly type: 'files' }
  | { readonly type: 'file'; readonly id: string }
  | { readonly type: 'make-batch' }
  | { readonly type: 'batches' }
  | { readonly type: 'batch'; readonly id: string }
  | { readonly type: 'cancel-batch'; readonly id: string }

function batchRoute(method: string, path: string): BatchRoute | undefined {
  const [, what, id, more] =
    /^(?:\/openai)?(?:\/v1)?\/(files|batches)(?:\/([^/]+))?(?:\/(content|cancel))?$/.exec(path) ?? []
  switch (`${method} ${what}${id === undefined ? '' : '/id'}${more === undefined ? '' : `/${more}`}`) {
    case 'POST files':
      return { type: 'upload' }
    case 'GET files':
      return { type: 'files' }
    case 'GET files/id/content':
      return { type: 'file', id: decoded(id ?? '') }
    case 'POST batches':
      return { type: 'make-batch' }
    case 'GET batches':
      return { type: 'batches' }
    case 'GET batches/id':
      return { type: 'batch', id: decoded(id ?? '') }
    case 'POST batches/id/cancel':
      return { type: 'cancel-batch', id: decoded(id ?? '') }
    default:
      return undefined
  }
}

/** What belongs to the message batches of Anthropic. */
export type MessageBatchRoute =
  | { readonly type: 'make-message-batch' }
  | { readonly type: 'message-batches' }
  | { readonly type: 'message-batch'; readonly id: string }
  | { readonly type: 'cancel-message-batch'; readonly id: string }
  | { readonly type: 'message-results'; readonly id: string }

function messageBatchRoute(method: string, path: string): MessageBatchRoute | undefined {
  const found = /^(?:\/v1)?\/messages\/batches(?:\/([^/]+))?(?:\/(results|cancel))?$/.exec(path)
  if (found === null) return undefined
  const [, id, more] = found
  switch (`${method}${id === undefined ? '' : ' id'}${more === undefined ? '' : `/${more}`}`) {
    case 'POST':
      return { type: 'make-message-batch' }
    case 'GET':
      return { type: 'message-batches' }
    case 'GET id':
      return { type: 'message-batch', id: decoded(id ?? '') }
    case 'POST id/cancel':
      return { type: 'cancel-message-batch', id: decoded(id ?? '') }
    case 'GET id/results':
      return { type: 'message-results', id: decoded(id ?? '') }
    default:
      return undefined
  }
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
  'gpt-audio',
  'gpt-image-1',
  'dall-e-3',
  'gpt-4o-mini-tts',
  'tts-1',
  'gpt-4o-transcribe',
  'whisper-1',
]

/** A model as `GET /v1/models` describes it. */
export function modelBody(id: string): Record<string, unknown> {
  return { id, object: 'model', created: 0, owned_by: 'sygra-simulator' }
}
