import type { ServerResponse } from 'node:http'
import { sendError, sendText } from './http-answer.ts'
import type { SimulatorSettings } from './settings.ts'

/** Answers 429 as OpenAI does: when to come back, in three headers. */
export function sendRateLimit(response: ServerResponse, settings: SimulatorSettings, model: string): void {
  const waitSeconds = settings.retryAfterSeconds * settings.timeScale
  // Clients take a wait of 0 ms for none given and fall back to their own, which is longer.
  const waitMs = Math.max(1, Math.round(waitSeconds * 1000))
  sendError(response, {
    status: 429,
    message: `Simulated rate limit for ${model}: try again in ${waitMs} ms.`,
    type: 'requests',
    code: 'rate_limit_exceeded',
    headers: {
      'retry-after': String(Math.ceil(waitSeconds)),
      'retry-after-ms': String(waitMs),
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': `${waitMs}ms`,
    },
  })
}

/** Answers 500 and 503 with an error in JSON, and 502 with a page, as the gateway before a provider does. */
export function sendServerError(response: ServerResponse, status: 500 | 502 | 503): void {
  if (status === 502) {
    const text = '<html><head><title>502 Bad Gateway</title></head><body>Simulated bad gateway</body></html>\n'
    sendText(response, { status, text, contentType: 'text/html' })
    return
  }
  const message = status === 503 ? 'Simulated overload: the model is not available now.' : 'Simulated server error.'
  sendError(response, { status, message, type: 'server_error' })
}
