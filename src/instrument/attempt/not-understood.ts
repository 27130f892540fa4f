import type { NotUnderstood } from '../../metadata/event.ts'
import { URL } from '../../platform.ts'
import { nowMs } from '../../runtime/clock.ts'
import { redactText } from '../../runtime/redact.ts'
import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { isModelSocket, isUnknownModelCall, pathWithoutIds } from '../../usage/endpoints/unknown-endpoint.ts'
import { providerOfHost } from '../../usage/registry.ts'

type Endpoint = Pick<NotUnderstood, 'host' | 'path' | 'provider'>

// A program calls few URLs, again and again.
const known = new Map<string, Endpoint | undefined>()
const maxKnown = 200

/** Records a POST to a URL that no wire format takes, where it looks like a call to a model. */
export function noteUnknownRequest(url: string): void {
  try {
    if (!known.has(url)) {
      if (known.size >= maxKnown) known.clear()
      known.set(url, unknownEndpointOf(url))
    }
    const endpoint = known.get(url)
    if (endpoint !== undefined) noteNotUnderstood('request', endpoint)
  } catch {}
}

/** Records a call to a known provider whose body no wire format takes; on any other host the body shows that it is none. */
export function noteUnknownBody(url: URL): void {
  if (providerOfHost(url) !== undefined) noteUnknownRequest(url.href)
}

/** Records that a WebSocket to a model is opened: what is said on it nobody reads here. */
export function noteModelSocket(text: string): void {
  try {
    const url = new URL(text)
    const provider = providerOfHost(url)
    if (isModelSocket(url, provider))
      noteNotUnderstood('socket', { host: url.host, path: pathWithoutIds(url.pathname), provider })
  } catch {}
}

/** Records that something went to a model as it seems, and that nothing of it is in the account. */
export function noteNotUnderstood(kind: NotUnderstood['kind'], { host, path, provider }: Endpoint): void {
  const { collector, node, record, isObserved } = currentOrOutsideScope()
  if (isObserved || !collector.isEnabled()) return
  collector.recordLater(() =>
    collector.record({
      type: 'not-understood',
      kind,
      host: redactText(host),
      path: redactText(path),
      provider,
      node,
      recordId: record?.id,
      atMs: nowMs(),
    }),
  )
}

function unknownEndpointOf(text: string): Endpoint | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const provider = providerOfHost(url)
  return isUnknownModelCall(url, provider)
    ? { host: url.host, path: pathWithoutIds(url.pathname), provider }
    : undefined
}
