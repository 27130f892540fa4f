import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { createBatchHttp } from './batch-http.ts'
import { CutFile, fetchResults } from './batch-results.ts'
import { createOpenAIBatches } from './openai-batches.ts'

/** Fetches a batch of which the provider sends these as its answers and its errors, and no length of either. */
async function fetched(...files: readonly [string, string]): Promise<string> {
  const http = createBatchHttp({ fetch, baseUrl: 'http://nowhere', headers: {} })
  const path = join(await scratchFolder(), 'results.jsonl')
  const service = createOpenAIBatches({ http, endpoint: '/c' })
  const left = [...files]
  const results = async () => ['answers', 'errors']
  await fetchResults({ ...service, results, fetch: async () => new Response(left.shift()) }, { providerId: 'b', path })
  expect(existsSync(`${path}.tmp`)).toBe(false)
  return readFileSync(path, 'utf8')
}

test('two files of results become one, and neither may have been cut', async () => {
  expect(await fetched('{"custom_id":"a"}', '{"custom_id":"b"}\n\n')).toBe('{"custom_id":"a"}\n{"custom_id":"b"}\n\n')
  await expect(fetched('{"custom_id":"a"}\n{"custom', '{"custom_id":"b"}\n')).rejects.toThrow(CutFile)
  await expect(fetched('{"custom_id":"a"}\n', '{"custom_id":"b')).rejects.toThrow(CutFile)
})
