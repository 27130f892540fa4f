import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { isLong } from '../helpers/is-long.ts'
import { runCliInShared } from '../helpers/run-cli.ts'

// The packed tarball in an empty folder: what the README promises to somebody who installs it.
const directory = mkdtempSync(join(tmpdir(), 'sygra-package-'))
/** The folder of somebody who has a task, a run of it and a program: most pages begin there. */
const begun = mkdtempSync(join(tmpdir(), 'sygra-pages-'))
let simulator: Simulator

const run = (command: string, args: readonly string[]) =>
  execFileSync(command, [...args], { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

beforeAll(async () => {
  simulator = await startSimulator({ timeScale: 0 })
  execFileSync('npm', ['pack', '--silent', '--pack-destination', directory], { stdio: 'ignore' })
  const tarball = readdirSync(directory).find((name) => name.endsWith('.tgz')) ?? ''
  writeFileSync(join(directory, 'package.json'), '{"type":"module","private":true}')
  // What docs/exports.md says to install for parquet.
  const writer = `hyparquet-writer@${peers['hyparquet-writer']}`
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', `./${tarball}`, writer])
  writeFileSync(join(begun, 'package.json'), '{"type":"module"}')
  cpSync('tasks/templates/watch/app.mjs', join(begun, 'app.js'))
  await runIn(begun, 'npx sygra init\nnpx sygra run --task my_task --simulate')
})
afterAll(() => {
  simulator?.close()
  rmSync(begun, { recursive: true })
  rmSync(directory, { recursive: true })
})

const { peerDependencies: peers }: { peerDependencies: Record<string, string> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)

/** The code blocks of the README in a language. */
function readmeBlocks(language: string): readonly string[] {
  const text = readFileSync('README.md', 'utf8')
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '')
}

test("the README's quick start runs as it stands", async () => {
  const [quickStart = '', afterwards = ''] = readmeBlocks('ts')
  const program = join(directory, 'quick-start.mjs')
  writeFileSync(
    program,
    `${quickStart}\n${afterwards.replace('const metadata', 'const summary').replaceAll('metadata.', 'summary.')}`,
  )
  const environment = { ...process.env, OPENAI_BASE_URL: simulator.url, OPENAI_API_KEY: 'key' }
  const child = spawn(process.execPath, [program], {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  for await (const chunk of child.stdout) printed += String(chunk)
  expect(printed).toContain('Total requests: 1')
  expect(printed).toContain('Models used: gpt-4o-mini')
  expect(printed).toContain('Nodes executed: summarizer')
  expect(readdirSync(join(directory, 'tasks/my_task')).some((name) => /^output_.*\.json$/.test(name))).toBe(true)
  expect(readdirSync(join(directory, 'tasks/my_task/metadata')).join()).toMatch(/metadata_my_task_.*\.json/)
})

/** What a block of commands may need that is not here: marked as `sh needs=…` on the page. */
const needs = ['key', 'clone', 'python', 'server', 'global', 'bundler'] as const

/** All pages with commands. */
const pages = [
  'README.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  // Their tasks have tests of their own.
  ...(isLong ? readdirSync('tasks/examples').map((name) => `tasks/examples/${name}/README.md`) : []),
].filter((page) => /^```sh/m.test(readFileSync(page, 'utf8')))

/** The blocks of commands of a page that need nothing but the package, without what installs. */
function shellBlocks(page: string): readonly string[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```sh(?: needs=(\w+))?\n([\s\S]*?)^```/gm)]
  expect(blocks.length, 'each block of commands has a mark that is known').toBe(
    [...readFileSync(page, 'utf8').matchAll(/^```sh/gm)].length,
  )
  for (const [, need] of blocks) if (need !== undefined) expect(needs).toContain(need)
  return blocks.flatMap(([, need, commands = '']) =>
    need === undefined ? [commands.replaceAll(/^npm install .*$/gm, '')] : [],
  )
}

/** Commands as they are run here: rehearsals at a speed that nobody waits for. */
function runnable(commands: string): string {
  return commands.replaceAll(/^(npx sygra run .*--simulate)\b(?!-)/gm, '$1 --simulate-speed 200')
}

/** A block without its texts that a shell writes into files, and those; with each turn of a loop over words as a line of its own. */
function withoutShell(block: string): { readonly texts: readonly string[]; readonly commands: string } {
  const texts: string[] = []
  const commands = block
    .replaceAll(/^cat > \S+ <<'(\w+)'\n[\s\S]*?\n\1$/gm, (text) => {
      texts.push(text)
      return ''
    })
    .replaceAll(/^for (\w+) in ([\w ]+); do (.*); done$/gm, (_, name, words: string, command: string) =>
      words
        .split(' ')
        .map((word) => command.replaceAll(`$${name}`, word))
        .join('\n'),
    )
  return { texts, commands }
}

/** The arguments of each command of a block that has nothing but commands of ours, so that no shell is needed to read it. */
function plainCommands(block: string): string[][] | undefined {
  const lines = block.split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim())
  const commands = lines.filter((line) => line !== '')
  const isPlain = commands.every((line) => /^npx sygra [^|<>;&$`"'(\\*?]*$/.test(line.replaceAll(/'[^']*'/g, '')))
  if (!isPlain) return undefined
  return commands.map((line) =>
    [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].slice(2).map(([word]) => word.replaceAll("'", '')),
  )
}

const main = join(directory, 'node_modules/sygra/dist/cli/main.js')

/** Runs a block of commands in a folder where the package is installed. */
async function runIn(folder: string, block: string): Promise<void> {
  if (!existsSync(join(folder, 'node_modules')))
    symlinkSync(join(directory, 'node_modules'), join(folder, 'node_modules'))
  const { texts, commands } = withoutShell(runnable(block))
  const plain = plainCommands(commands)
  if (plain === undefined || (isLong && !block.includes('npx sygra studio'))) return runByShell(folder, block)
  // What is written comes first in its block, before the commands that read it.
  for (const text of texts) runByShell(folder, text)
  for (const args of plain) {
    if (args[0] === 'studio') {
      await serve(folder, [main, ...args])
      continue
    }
    const { code, stdout, stderr } = await runCliInShared(args, { directory: folder, main })
    expect(code, `${args.join(' ')}: ${stderr}${stdout}`).toBe(0)
  }
}

function runByShell(folder: string, block: string): void {
  // What `npx` finds first; calling it directly saves a second for each command.
  const sygra = join(folder, 'node_modules/.bin/sygra')
  execFileSync('sh', ['-e', '-c', runnable(block).replaceAll('npx sygra', sygra)], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Starts what serves until Ctrl-C, and ends it so once it has said where. */
async function serve(folder: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += String(chunk)
      if (/http:\/\/\S+\s/.test(said)) child.kill('SIGINT')
    })
  }
  const [code, signal] = await once(child, 'close')
  expect(said).toMatch(/http:\/\/\S+\s/)
  expect([0, 'SIGINT'], said).toContain(signal ?? code)
}

test.each(pages)('the commands of %s work as they stand', async (page) => {
  const folder = mkdtempSync(join(tmpdir(), 'sygra-pages-'))
  // README and tutorial begin in an empty folder.
  if (!/README|tutorial/.test(page)) cpSync(begun, folder, { recursive: true, verbatimSymlinks: true })
  for (const block of shellBlocks(page)) await runIn(folder, block)
  rmSync(folder, { recursive: true })
})

test('the library can be required', () => {
  expect(run(process.execPath, ['-e', "console.log(typeof require('sygra').Workflow)"]).trim()).toBe('function')
})

test('the command line is there', async () => {
  expect(run('npx', ['sygra', '--version']).trim()).toMatch(/^\d+\.\d+\.\d+/)
  expect((await runCliInShared(['show'], { directory, main })).stdout).toContain('summarizer')
})

test('the collector alone is there', () => {
  const code = `import { MetadataCollector, calculateCost } from 'sygra/metadata'
    const collector = new MetadataCollector()
    collector.recordModelRequest({ modelName: 'gpt-4o-mini', promptTokens: 440, completionTokens: 920 })
    console.log(collector.getMetadataSummary().models['gpt-4o-mini'].token_statistics.total_tokens)
    console.log(calculateCost({ model: 'gpt-4o-mini', usage: { promptTokens: 440, completionTokens: 920 } }).usd)`
  expect(run(process.execPath, ['--input-type=module', '-e', code]).split('\n').slice(0, 2)).toEqual([
    '1360',
    '0.000618',
  ])
})

const resolutions = [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const
// The older one takes three times as long.
const compilers = isLong ? ['typescript7', 'typescript'] : ['typescript7']

test.each(compilers.flatMap((compiler) => resolutions.map((resolution) => [compiler, ...resolution] as const)))(
  'its types hold for %s with module %s and resolution %s',
  (compiler, module, resolution) => {
    writeFileSync(join(directory, 'types.ts'), readmeBlocks('ts')[0] ?? '')
    const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', module, '--moduleResolution', resolution]
    // The library of TypeScript itself is not what is tried.
    const types = ['--typeRoots', resolve('node_modules/@types'), '--types', 'node', '--skipDefaultLibCheck']
    run(process.execPath, [resolve('node_modules', compiler, 'bin/tsc'), ...options, ...types, 'types.ts'])
  },
)

test('the type of the collector shows what is meant for everybody', () => {
  const types = readFileSync(
    join(directory, 'node_modules/sygra/dist/runtime/collector/metadata-collector.d.ts'),
    'utf8',
  )
  expect(types).toContain('getMetadataSummary(): Metadata')
  expect(types).not.toMatch(
    /gather|recordLater|beforeNextEvent|prepare|keepIn|takeUp|takeIn|openModel|startRun|ledger\(/,
  )
})

test('the page of the studio is there, and below 100 kB as it is sent', async () => {
  const folder = join(directory, 'node_modules/sygra/dist/web')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name))
  expect(files).toContain('index.html')
  const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0)
  expect(bytes).toBeLessThan(100_000)
  expect((await runCliInShared(['report', '--html', 'report.html'], { directory, main })).code).toBe(0)
  expect(readFileSync(join(directory, 'report.html'), 'utf8')).toContain('summarizer')
})

test('nothing of the sources, the tests or this machine is in the package', () => {
  const files = readdirSync(join(directory, 'node_modules/sygra'), { recursive: true, encoding: 'utf8' })
  expect(files.filter((name) => /\.test\.|^src\/|^test\//.test(name) && !name.startsWith('tasks/'))).toEqual([])
  expect(files).toContain('README.md')
  expect(files).toContain('LICENSE')
})
