import { isRecord, memberOf } from './json-value.ts'
import type { RequestFacts, RequestInHand } from './parser.ts'
import { decodePart, modelIn, parametersIn, pathOf } from './request.ts'

const deploymentPath = /\/openai\/deployments\/([^/]+)\//

/** What a request in the manner of OpenAI says: Azure names its model, a deployment, in the path. */
export function readOpenaiRequest({ url, body }: RequestInHand): RequestFacts {
  const deployment = deploymentPath.exec(pathOf(url))?.[1]
  return {
    model: deployment === undefined ? modelIn(body) : decodePart(deployment),
    isStream: memberOf(body, 'stream') === true,
    parameters: parametersIn(body),
  }
}

/** The same for the formats whose streams carry usage only when asked, by `stream_options.include_usage`. */
export function readRequestWithSwitch(request: RequestInHand): RequestFacts {
  const facts = readOpenaiRequest(request)
  if (!facts.isStream) return facts
  return { ...facts, asksForUsage: memberOf(memberOf(request.body, 'stream_options'), 'include_usage') === true }
}

/** The body asking for usage at the end of its stream; undefined when there is nothing to add. */
export function withUsageAsked(body: unknown): Record<string, unknown> | undefined {
  if (!isRecord(body) || body.stream !== true) return undefined
  const options = body.stream_options
  // Whoever says no to it keeps it: only silence is filled in.
  if (memberOf(options, 'include_usage') !== undefined) return undefined
  return { ...body, stream_options: { ...(isRecord(options) ? options : {}), include_usage: true } }
}
