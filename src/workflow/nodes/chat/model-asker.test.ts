import { expect, test } from 'vitest'
import { parseModels } from '../../models/load-models.ts'
import { createModelClient } from '../../models/model-client.ts'
import { resolveModel } from '../../models/resolve-model.ts'
import type { Converse } from './converse.ts'
import { withTextProcess } from './model-asker.ts'

const thoughtful = '<think>one\ntwo</think>\nYes. <think>three</think>'

async function answerOf(postProcess: string | undefined): Promise<unknown> {
  const text = JSON.stringify({ m: { model_type: 'openai', post_process: postProcess } })
  const models = parseModels(text, 'models.yaml')
  const client = createModelClient(resolveModel({ name: 'm' }, { models, environment: { OPENAI_API_KEY: 'key' } }))
  const says: Converse = async (call) => ({
    answer: { content: thoughtful, finishReason: 'stop' },
    prompt: call.prompt,
    warnings: [],
  })
  const functions = { './text.ts#loud': (given: unknown) => String(given).toUpperCase(), './text.ts#none': () => 7 }
  const parts = {
    where: 'node',
    function: async (reference: unknown) => Reflect.get(functions, String(reference)),
  }
  const reply = await (await withTextProcess(says, { client, parts }))({ client, prompt: [] }, { state: {} })
  return reply.answer.content
}

test.each([
  [undefined, thoughtful],
  ['RemoveThinkData', '\nYes. <think>three</think>'],
  ['sygra.core.models.model_postprocessor.RemoveThinkData', '\nYes. <think>three</think>'],
  ['./text.ts#loud', thoughtful.toUpperCase()],
])('post_process %s of a model changes its answers so', async (postProcess, expected) => {
  expect(await answerOf(postProcess)).toBe(expected)
})

test('a post_process that gives no text is refused with the name of the model', async () => {
  await expect(answerOf('./text.ts#none')).rejects.toThrow('post_process of model "m" gave 7; expected the text')
})
