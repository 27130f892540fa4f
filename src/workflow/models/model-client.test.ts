import type { LanguageModelV3 } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { modelThat } from '../../../test/helpers/model-object.ts'
import { modelClientOf } from './model-client.ts'

test('a model object is called as it is, under its own name', async () => {
  const { model } = modelThat(() => ({ text: 'hello' }))
  const client = modelClientOf(model, { parameters: { temperature: 0 } })
  expect(client.identity).toMatchObject({ name: 'test-model', type: 'test', parameters: { temperature: 0 } })
  expect(await client.use(async (called) => called === model)).toBe(true)
})

test('a model object of another version of the AI SDK is refused before the run', () => {
  const { model } = modelThat(() => ({ text: 'hello' }))
  const older: LanguageModelV3 = { ...model }
  Object.defineProperty(older, 'specificationVersion', { value: 'v2' })
  expect(() => modelClientOf(older)).toThrow('follows version v2')
})
