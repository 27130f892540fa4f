import { expect, test } from 'vitest'
import { typeOfContent } from './media-type.ts'

test.each([
  ['M4A ', 'audio/mp4'],
  ['mp42', 'audio/mp4'],
  ['avif', undefined],
  ['heic', undefined],
  ['mif1', undefined],
])('a container of the brand %s is %s, also in base64', (brand, type) => {
  const begin = Buffer.concat([Buffer.from([0, 0, 0, 32]), Buffer.from(`ftyp${brand}`), Buffer.alloc(20)])
  expect([typeOfContent(begin), typeOfContent(begin.toString('base64'))]).toEqual([type, type])
})
