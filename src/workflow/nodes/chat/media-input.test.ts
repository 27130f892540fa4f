import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runNodes } from '../../../../test/helpers/run-nodes.ts'
import { scratchFolder } from '../../../../test/helpers/scratch-folder.ts'
import { mediaAddressesOf } from '../../media/media-address.ts'
import type { LlmNodeConfig } from '../llm/llm-config.ts'

const png = Buffer.from('89504e470d0a1a0a00', 'hex')
const wav = Buffer.from('RIFF\u0001\u0000\u0000\u0000WAVEfmt ', 'latin1')
const pngUrl = `data:image/png;base64,${png.toString('base64')}`
const wavUrl = `data:audio/wav;base64,${wav.toString('base64')}`

test.each([
  ['a data URL', pngUrl, [pngUrl]],
  ['a web address', 'https://example.org/a.png', ['https://example.org/a.png']],
  ['bytes', new Uint8Array(png), [pngUrl]],
  ['a buffer', png, [pngUrl]],
  ['bytes and a path, as a column of the Hub has them', { bytes: new Uint8Array(png), path: null }, [pngUrl]],
  ['the same from JSON, as base64', { bytes: png.toString('base64'), path: 'x.png' }, [pngUrl]],
  ['the same, as numbers', { bytes: [...png], path: 'x.png' }, [pngUrl]],
  ['a buffer from JSON', JSON.parse(JSON.stringify(png)), [pngUrl]],
  ['a path alone', { bytes: null, path: 'x.png' }, ['x.png']],
  ['an address in a map', { url: pngUrl }, [pngUrl]],
  ['a list', [pngUrl, png, { bytes: png, path: null }], [pngUrl, pngUrl, pngUrl]],
  [
    'bytes that nothing tells, by their path',
    { bytes: Buffer.from('xx'), path: 'a.JPG' },
    ['data:image/jpeg;base64,eHg='],
  ],
  ['nothing', null, []],
] as const)('%s', (_what, value, expected) => {
  expect(mediaAddressesOf(value, 'image')).toEqual(expected)
})

test('what is no image is refused with what may stand there', () => {
  expect(() => mediaAddressesOf(7, 'image')).toThrow('found 7; expected an image: a data URL, a web address, the path')
})

function node(content: LlmNodeConfig['prompt'][number]['user']): LlmNodeConfig {
  return { node_type: 'llm', model: { name: 'gpt-4o-mini' }, prompt: [{ user: content }], output_keys: 'out' }
}

describe('a prompt', () => {
  test('has a part for each image of a list, files of the disk among them, and sounds', async () => {
    const directory = await scratchFolder()
    const path = join(directory, 'a.png')
    writeFileSync(path, png)
    const { requests, records, failures } = await runNodes(
      {
        look: node([
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: '{images}' },
        ]),
        hear: node([{ type: 'audio_url', audio_url: '{sound}' }]),
      },
      { rows: [{ id: 'r1', images: [png, path], sound: { bytes: new Uint8Array(wav), path: 'a.wav' } }] },
    )
    expect(failures).toEqual([])
    expect(requests[0]?.messages[0]?.content).toEqual([
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: pngUrl } },
      { type: 'image_url', image_url: { url: pngUrl } },
    ])
    expect(requests[1]?.messages[0]?.content).toEqual([
      { type: 'input_audio', input_audio: { data: wav.toString('base64'), format: 'wav' } },
    ])
    expect(records).toHaveLength(1)
    expect(wavUrl).toContain(wav.toString('base64'))
  })

  test.each([
    ['a file that is not there', 'gone.png', /the image gone\.png cannot be read/],
    ['a file that is no image', '/etc/hostname', /found "\/etc\/hostname"; expected an image/],
  ])('of %s fails its record', async (_what, image, message) => {
    const { failures } = await runNodes(
      { look: node([{ type: 'image_url', image_url: '{image}' }]) },
      { rows: [{ id: 'r1', image }] },
    )
    expect(failures).toMatchObject([{ error: { code: 'bad_data', message: expect.stringMatching(message) } }])
  })
})
