import { URL } from '../../platform.ts'
import { mightBeDeferredResult } from '../../usage/endpoints/model-endpoint.ts'
import { endpointOf, type KnownEndpoint } from '../../usage/index.ts'
import { noteUnknownRequest } from './not-understood.ts'

/** A URL, and what is known of the calls to a model that are posted to it. */
export interface ModelEndpoint {
  readonly url: URL
  readonly endpoint: KnownEndpoint
}

// A program calls few URLs, again and again.
const knownEndpoints = new Map<string, ModelEndpoint | undefined>()
const maxKnownEndpoints = 200

/** The URL and its endpoint when a POST to it is a call to a model. One that only looks like it is noted. */
export function modelEndpointOf(url: string): ModelEndpoint | undefined {
  const endpoint = knownEndpointOf(url)
  if (endpoint === undefined) noteUnknownRequest(url)
  return endpoint
}

/** The URL and its endpoint when a GET to it tells of work that was begun before. */
export function resultEndpointOf(url: string): ModelEndpoint | undefined {
  if (!mightBeDeferredResult(url)) return undefined
  const found = readEndpoint(url, 'GET')
  return found?.endpoint.endpoint.role === 'deferred-result' ? found : undefined
}

/** True for a request that hands work in, such as a batch, and is no call to a model itself. */
export function isDeferredStart({ endpoint }: ModelEndpoint): boolean {
  return endpoint.endpoint.role === 'deferred-start'
}

/** The same as for a call, and nothing is noted. */
export function knownEndpointOf(url: string): ModelEndpoint | undefined {
  if (knownEndpoints.has(url)) return knownEndpoints.get(url)
  if (knownEndpoints.size >= maxKnownEndpoints) knownEndpoints.clear()
  const endpoint = readEndpoint(url)
  knownEndpoints.set(url, endpoint)
  return endpoint
}

function readEndpoint(url: string, method = 'POST'): ModelEndpoint | undefined {
  try {
    const parsed = new URL(url)
    const endpoint = endpointOf(parsed, method)
    return endpoint === undefined ? undefined : { url: parsed, endpoint }
  } catch {
    return undefined
  }
}
