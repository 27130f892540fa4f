import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../../../../test/helpers/scratch-folder.ts'
import { validateTask } from '../../validate-task.ts'
import { Workflow } from '../../workflow.ts'

const models = `voice: { model_type: openai, model: gpt-audio, output_type: audio, parameters: { audio: { voice: nova } } }
painter: { model_type: azure_openai, model: gpt-image-1, output_type: image, api_version: 2025-04-01-preview }
reader: { model_type: openai, model: tts-1, output_type: audio }
scribe: { model_type: openai, model: gpt-4o-transcribe, input_type: audio }
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
  test('comes from a chat model that speaks, is heard by the next one, and is priced as speech', async () => {
    const graph = await Workflow.load(await taskWith('voice'))
    const { records, metadata } = await graph.run({
      simulate: { timeScale: 0 },
      outputDir: await scratchFolder(),
    })
    const [record] = records
    const sound = String(record?.sound)
    const bytes = Buffer.from(sound.replace('data:audio/wav;base64,', ''), 'base64')
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

  test.each([
    [
      'painter',
      /model "painter" makes images \(output_type: image\), which is not there for nodes: call it in a lambda node/,
    ],
    [
      'reader',
      /model "reader" makes speech \(output_type: audio\) and is no chat model such as gpt-audio, which is not there/,
    ],
    ['scribe', /model "scribe" transcribes \(input_type: audio\), which is not there for nodes/],
    ['{ name: claude-sonnet-4-5, output_type: audio }', /"claude-sonnet-4-5" makes speech/],
  ])('%s, which no chat reaches, is refused rather than asked for text', async (model, message) => {
    await expect(validateTask(await taskWith(model), { needsKeys: false })).rejects.toThrow(message)
  })
})
