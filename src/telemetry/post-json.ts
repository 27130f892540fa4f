import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { AbortSignal } from '../platform.ts'

/** What a receiver answered. */
export interface PostAnswer {
  readonly status: number
  /** A header, by its name in lower case; null where there is none. */
  readonly header: (name: string) => string | null
  /** The beginning of it. */
  readonly text: string
}

interface PostOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

const maxAnswerLength = 4_096

/**
 * Posts JSON, on a connection that keeps no process alive: a program must end when its own work does. Rejects where no answer
 * comes in time.
 */
export function postJson(url: string, body: object, { headers, timeoutMs }: PostOptions): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    const data = Buffer.from(JSON.stringify(body))
    const send = url.startsWith('https:') ? requestHttps : requestHttp
    const all = { ...headers, 'content-type': 'application/json', 'content-length': String(data.length) }
    const options = {
      method: 'POST',
      headers: all,
      signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))),
      agent: false,
    }
    const request = send(url, options, (answer) => {
      readText(answer).then(
        (text) => resolve({ status: answer.statusCode ?? 0, header: (name) => headerOf(answer, name), text }),
        reject,
      )
    })
    request.on('socket', (socket) => socket.unref())
    request.on('error', (error) => {
      const isLate = error.name === 'AbortError' || error.name === 'TimeoutError'
      reject(isLate ? new Error(`no answer within ${Math.round(timeoutMs)} ms`) : error)
    })
    request.end(data)
  })
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name]
  return value === undefined ? null : String(value)
}

async function readText(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of answer) if (text.length < maxAnswerLength) text += String(chunk)
  return text
}
