import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeEventStream } from './event-stream.ts'
import { usageFixturesPath } from './usage-fixtures.ts'

// Writes `<case>.bin` for each `<case>.frames.json`: npx jiti test/helpers/write-event-stream-fixtures.ts
for (const path of readdirSync(usageFixturesPath, { recursive: true, encoding: 'utf8' })) {
  if (!path.endsWith('.frames.json')) continue
  const frames = JSON.parse(readFileSync(join(usageFixturesPath, path), 'utf8'))
  writeFileSync(join(usageFixturesPath, path.replace('.frames.json', '.bin')), encodeEventStream(frames))
}
