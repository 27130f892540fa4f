import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/helpers/scratch-folder.ts'
import { findPricesFile, loadPricesFile } from './prices-file.ts'

test('SYGRA_PRICES names the file; without it the one in the folder of the task is found', async () => {
  const directory = await scratchFolder()
  expect(findPricesFile({ directory, environment: {} })).toBeUndefined()
  writeFileSync(join(directory, 'prices.yaml'), 'discount: 0.1\n')
  expect(findPricesFile({ directory, environment: {} })).toBe(join(directory, 'prices.yaml'))
  expect(findPricesFile({ directory, environment: { SYGRA_PRICES: 'our.yaml' } })).toBe('our.yaml')
})

test('the prices of the file are read', async () => {
  const directory = await scratchFolder()
  writeFileSync(join(directory, 'prices.yaml'), 'prices:\n  our-model: { input: 1, output: 2 }\n')
  const book = await loadPricesFile({ directory, environment: {} })
  expect(book?.prices.get('our-model')?.[0]?.rates).toMatchObject({ input: 1, output: 2 })
})

test('without a file there are no prices', async () => {
  expect(await loadPricesFile({ directory: await scratchFolder(), environment: {} })).toBeUndefined()
})

test('a bad file is refused with its line and column', async () => {
  const directory = await scratchFolder()
  const path = join(directory, 'prices.yaml')
  writeFileSync(path, 'prices:\n  our-model:\n    input: cheap\n')
  await expect(loadPricesFile({ directory, environment: {} })).rejects.toMatchObject({
    code: 'bad_prices',
    message: expect.stringContaining(`${path}:3:12: `),
  })
})

test('a file that is named and cannot be read is refused', async () => {
  const path = join(await scratchFolder(), 'nowhere.yaml')
  await expect(loadPricesFile({ environment: { SYGRA_PRICES: path } })).rejects.toMatchObject({ code: 'not_found' })
  const folder = join(await scratchFolder(), 'folder')
  mkdirSync(folder)
  await expect(loadPricesFile({ environment: { SYGRA_PRICES: folder } })).rejects.toThrow(folder)
})
