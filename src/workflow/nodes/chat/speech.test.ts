import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../../../../test/helpers/scratch-folder.ts'
import { validateTask } from '../../validate-task.ts'
import { Workflow } from '../../workflow.ts'

const models = `voice: { model_type: openai, model: gpt-audio, output_type: audio, parameters: { audio: { voice: nova } } }
`

async function taskWith(model: string): Promise<string> {
  const directory = await scratchFolder()
  writeFileSync(join(directory, 'models.yaml'), models)
  writeFileSync(join(directory, 'rows.jsonl'), '{"id": "a", "text": "Good morning."}\n')
  writeFileSync(
    join(directory, 'graph_config.yaml'),
    `data_config: { source: { type: disk, file_path: rows.jsonl } }
graph_config:
  nodes:
    say: { node_type: llm, model: ${model}, prompt: '{text}', output_keys: sound }
    hear:
      node_type: llm
      model: { name: gpt-audio }
      prompt: [{ user: [{ type: audio_url, audio_url: '{sound}' }] }]
      output_keys: heard
`,
  )
  return directory
}

describe('speech', () => {
  test('comes from a chat model that speaks, is heard by the next one, is priced as speech and goes to a file', async () => {
    const graph = await Workflow.load(await taskWith('voice'))
    const { records, metadata, outputPath } = await graph.run({
      simulate: { timeScale: 0 },
      outputDir: await scratchFolder(),
    })
    const [record] = records
    const path = String(record?.sound)
    expect(path).toBe(join(String(outputPath).replace('.json', ''), 'audio', 'a_sound_0.wav'))
    const bytes = readFileSync(path)
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF')
    // Its header states its length.
    expect(bytes.readUInt32LE(4) + 8).toBe(bytes.length)
    expect(String(record?.heard).length).toBeGreaterThan(0)
    const spoken = metadata?.models.voice
    const { total_completion_tokens: tokens = 0 } = spoken?.token_statistics ?? {}
    expect(tokens).toBeGreaterThan(0)
    // Speech of gpt-audio costs 64 dollars a million tokens, its text input 2.50.
    expect(spoken?.cost?.receipt?.[0]?.classes).toContainEqual(
      expect.objectContaining({ token_class: 'outputAudio', tokens, usd_per_million: 64 }),
    )
  })

  test('may be asked for by the node', async () => {
    const directory = await taskWith('{ name: gpt-audio, output_type: audio }')
    await expect(validateTask(directory, { needsKeys: false })).resolves.toBeDefined()
  })

  test('of a service that makes none is refused rather than asked for as text', async () => {
    const directory = await taskWith('{ name: claude-sonnet-4-5, output_type: audio }')
    await expect(validateTask(directory, { needsKeys: false })).rejects.toThrow(
      /model "claude-sonnet-4-5" makes speech \(output_type: audio\), for which anthropic is not asked here/,
    )
  })
})

describe('a model that does not chat', () => {
  test.each([
    [
      'a schema',
      {
        model: {
          name: 'dall-e-3',
          output_type: 'image',
          structured_output: { schema: { fields: { a: { type: 'str' } } } },
        },
      },
      /structured_output: model "dall-e-3" makes images, for which there is no structured_output/,
    ],
    [
      'a prompt without a sound',
      { model: { name: 'whisper-1', input_type: 'audio' } },
      /writes down what is said, and its prompt has no audio_url/,
    ],
    [
      'a prompt with an image',
      {
        model: { name: 'tts-1', output_type: 'audio' },
        prompt: [{ user: [{ type: 'image_url', image_url: '{text}' }] }],
      },
      /reads a text aloud, and its prompt has an image_url/,
    ],
  ])('with %s is refused before the run', async (_what, node, message) => {
    const directory = await scratchFolder()
    const usual = { node_type: 'llm', prompt: [{ user: '{text}' }], output_keys: 'made' }
    const config = {
      data_config: { source: { type: 'disk', file_path: 'rows.jsonl' } },
      graph_config: { nodes: { make: { ...usual, ...node } } },
    }
    writeFileSync(join(directory, 'rows.jsonl'), '{"id": "a", "text": "x"}\n')
    writeFileSync(join(directory, 'graph_config.yaml'), JSON.stringify(config))
    await expect(validateTask(directory, { needsKeys: false })).rejects.toThrow(message)
  })
})
