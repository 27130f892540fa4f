import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../../../../test/helpers/scratch-folder.ts'
import { shortSound, smallImage } from '../../../simulator/answers/sample-media.ts'
import { Workflow } from '../../workflow.ts'
import { moveMediaToFiles } from './media-files.ts'

const png = smallImage([0, 0, 1])
const wav = shortSound()
const pngUrl = `data:image/png;base64,${png.toString('base64')}`
const wavUrl = `data:audio/x-wav;base64,${wav.toString('base64')}`

describe('images and sounds of a row', () => {
  test('become files named after record, key and place, in lists and maps too; all else stays', async () => {
    const outputPath = join(await scratchFolder(), 'output.json')
    const row = {
      id: 'r1',
      one: pngUrl,
      many: [pngUrl, 'text', pngUrl],
      deep: { speech: wavUrl, list: [{ picture: pngUrl }] },
      note: 'data:text/plain;base64,aGk=',
      when: new Date(0),
    }
    const moved = await moveMediaToFiles(row, { outputPath, recordId: 'r1' })
    const at = (name: string) => outputPath.replace('output.json', join('output', name))
    expect(moved).toEqual({
      ...row,
      one: at('image/r1_one_0.png'),
      many: [at('image/r1_many_0.png'), 'text', at('image/r1_many_2.png')],
      deep: { speech: at('audio/r1_deep_speech_0.wav'), list: [{ picture: at('image/r1_deep_list_0_picture_0.png') }] },
    })
    expect(readFileSync(at('image/r1_one_0.png'))).toEqual(png)
    expect(readFileSync(at('audio/r1_deep_speech_0.wav'))).toEqual(wav)
  })

  test('have names of their own, whatever keys and ids are', async () => {
    const outputPath = join(await scratchFolder(), 'output.json')
    const place = (recordId: string) => ({ outputPath, recordId })
    const { a_b: one, a: other } = await moveMediaToFiles({ a_b: pngUrl, a: { b: pngUrl } }, place('../x/1'))
    const { a: third } = await moveMediaToFiles({ a: pngUrl }, place('..-x-1'))
    const names = [one, Object(other).b, third].map((path) => String(path).split('/image/')[1])
    expect(names).toEqual([
      expect.stringMatching(/^\.\.-x-1-[\da-f]{8}_a_b_0\.png$/),
      expect.stringMatching(/^\.\.-x-1-[\da-f]{8}_a_b_0-2\.png$/),
      '..-x-1_a_0.png',
    ])
  })
})

test.each([
  [['a', { b_c: pngUrl }] as const, ['a_b', { c: pngUrl }] as const],
  [['Ada', { p: pngUrl }] as const, ['ada', { p: pngUrl }] as const],
  [['会'.repeat(300), { p: pngUrl }] as const, [`${'会'.repeat(299)}議`, { p: pngUrl }] as const],
])('records of which one could be taken for the other have files of their own', async (...records) => {
  const outputPath = join(await scratchFolder(), 'output.json')
  for (const [recordId, row] of records) await moveMediaToFiles(row, { outputPath, recordId })
  const names = readdirSync(join(outputPath, '..', 'output', 'image'))
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(2)
})

const rows = ['a', 'b', 'c'].map((id) => ({ id, text: `a picture of ${id}`, given: { bytes: png, path: null } }))

function painter(): Workflow {
  return new Workflow('painter').source(rows).llm('dall-e-3', '{text}', { outputType: 'image', output: 'picture' })
}

describe('a run', () => {
  test('without files has data URLs in its rows, also of bytes that came with the data', async () => {
    const { records } = await painter().run({ output: false, simulate: { timeScale: 0 } })
    expect(records[0]?.picture).toMatch(/^data:image\/png;base64,/)
    expect(records[0]?.given).toBe(pngUrl)
  })

  test('that stops because a file cannot be written goes on, and has each file once and each row whole', async () => {
    const outputDir = await scratchFolder()
    const options = { outputDir, outputWithTs: false, batchSize: 1, simulate: { timeScale: 0 } }
    // A file where the folder would be.
    writeFileSync(join(outputDir, 'output'), '')
    await expect(painter().run(options)).rejects.toThrow(
      /output\/image\/a_(?:given|picture)_0\.png: .*; the rows written before are kept/,
    )
    rmSync(join(outputDir, 'output'))
    mkdirSync(join(outputDir, 'output', 'image'), { recursive: true })
    // What a process that died left behind.
    writeFileSync(join(outputDir, 'output', 'image', 'a_picture_0.png.1.new.tmp'), 'half')
    const { records, metadata, failures } = await painter().run({ ...options, resume: true })
    expect(failures).toEqual([])
    expect(records.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(readdirSync(join(outputDir, 'output', 'image')).sort()).toEqual(
      ['a', 'b', 'c'].flatMap((id) => [`${id}_given_0.png`, `${id}_picture_0.png`]),
    )
    for (const { picture } of records) expect(existsSync(String(picture))).toBe(true)
    // The first picture was paid for twice.
    expect(metadata?.aggregate_statistics.requests.total_requests).toBe(4)
  })

  test('stops before pictures cost more than they may: each is counted by the image', async () => {
    const { status, metadata } = await painter().run({
      outputDir: await scratchFolder(),
      maxCostUsd: 0.1,
      simulate: { timeScale: 0 },
    })
    expect(status).toBe('interrupted')
    expect(metadata?.aggregate_statistics.cost.simulated_cost_usd).toBeCloseTo(0.08, 9)
  })
})
