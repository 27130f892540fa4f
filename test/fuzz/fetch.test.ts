import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settleOpenAttempts } from '../../src/instrument/attempt/open-attempts.ts'
import { trackFetch } from '../../src/instrument/fetch/fetch.ts'
import { observeRequests } from '../helpers/observe-requests.ts'
import { expectNoDifference } from './differential.ts'
import { type AnswerServer, startAnswerServer } from './fetch-answers.ts'
import { runFetchSequence } from './fetch-sequences.ts'

let server: AnswerServer
beforeAll(async () => {
  server = await startAnswerServer()
})
afterAll(() => server.close())

const { fetch } = globalThis
const tracked = trackFetch(fetch)

test('a program that calls fetch sees the same with and without us, whatever it does', {
  timeout: 900_000,
}, async () => {
  await expectNoDifference(async (random, { isWatched }) => {
    const id = randomUUID()
    if (!isWatched) return runFetchSequence({ random, server, id, fetch })
    const { value, attempts, collector, error } = await observeRequests(() =>
      runFetchSequence({ random, server, id, fetch: tracked }),
    )
    settleOpenAttempts(collector.runId)
    expect(error).toBeUndefined()
    expect(attempts, value?.join('\n')).toHaveLength(1)
    return value ?? []
  })
})
