// The places: what each needs from npm, the files beside `programs`, and the commands with what they must say.

const isRight = 'rows 1, requests 1, paid true'
const node = (file, ...options) => ({ command: 'node', args: [...options, file], says: isRight })
const seen = { command: 'sygra', args: ['show'], says: 'gpt-4o-mini' }
const oldNode = 'node_modules/old-node/bin/node'
const tooOld = { command: oldNode, status: 1, says: 'sygra needs Node 20.19 or newer, and this is 18.' }
const platform = process.platform === 'win32' ? 'win' : process.platform

// A bundle as an ES module needs a `require` for the packages in it that have none of their own.
const withRequire =
  "--banner:js=import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url)"

const route = `import { Workflow } from 'sygra'
export const dynamic = 'force-dynamic'
export async function GET() {
  const workflow = new Workflow('place').source([{ text: 'Hello' }]).llm('gpt-4o-mini', '{text}', { output: 'answer' })
  const { records, metadata } = await workflow.run({ simulate: { timeScale: 0 }, output: false })
  const { requests, cost } = metadata.aggregate_statistics
  return new Response(\`rows \${records.length}, requests \${requests.total_requests}, paid \${cost.total_cost_usd > 0}\`)
}
`

/** Serves what \`next build\` made, asks its route once, and ends it. */
const askRoute = `import { spawn } from 'node:child_process'
const server = spawn('node', ['node_modules/next/dist/bin/next', 'start', '-p', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
for await (const chunk of server.stdout) {
  const address = /http:\\/\\/localhost:\\d+/.exec(String(chunk))?.[0]
  if (address === undefined) continue
  console.log(await (await fetch(address + '/api/ask')).text())
  break
}
server.kill()
`

const next = (config) => ({
  packages: ['next', 'react', 'react-dom'],
  files: {
    'app/layout.js': 'export default function Layout({ children }) { return <html><body>{children}</body></html> }\n',
    'app/api/ask/route.js': route,
    'next.config.mjs': `export default { turbopack: { root: import.meta.dirname }, ${config} }\n`,
    'ask-route.mjs': askRoute,
  },
  steps: [{ command: 'next', args: ['build'] }, node('ask-route.mjs')],
})

export const places = [
  { name: 'CommonJS', steps: [node('app.cjs')] },
  {
    name: 'Node 18',
    packages: [`old-node@npm:node-${platform}-${process.arch}@18`],
    steps: [
      { ...tooOld, args: ['node_modules/sygra/dist/cli/main.js', '--version'] },
      { ...tooOld, args: ['app.mjs'] },
      { ...tooOld, args: ['--import', 'sygra/register', 'watched.mjs'] },
    ],
  },
  {
    name: 'Bun',
    packages: ['bun'],
    steps: [
      { command: 'bun', args: ['app.mjs'], says: isRight },
      { command: 'bun', args: ['app.cjs'], says: isRight },
      { command: 'rm', args: ['-r', 'out'] },
      { command: 'bun', args: ['--preload', 'sygra/register', 'watched.mjs'], says: 'Yes.' },
      seen,
    ],
  },
  {
    name: 'Deno',
    packages: ['deno'],
    steps: [
      { command: 'deno', args: ['run', '-A', 'app.mjs'], says: isRight },
      { command: 'deno', args: ['run', '-A', 'app.cjs'], says: isRight },
    ],
  },
  {
    name: 'esbuild, the package outside',
    packages: ['esbuild'],
    steps: [
      {
        command: 'esbuild',
        args: ['app.mjs', '--bundle', '--platform=node', '--format=esm', '--packages=external', '--outfile=bundle.mjs'],
      },
      node('bundle.mjs'),
    ],
  },
  {
    name: 'esbuild, one file',
    packages: ['esbuild'],
    steps: [
      {
        command: 'esbuild',
        args: ['app.mjs', '--bundle', '--platform=node', '--format=esm', withRequire, '--outfile=bundle.mjs'],
      },
      { command: 'esbuild', args: ['app.cjs', '--bundle', '--platform=node', '--outfile=bundle.cjs'] },
      // A bundle stands alone.
      { command: 'rm', args: ['-r', 'node_modules'] },
      node('bundle.mjs'),
      node('bundle.cjs'),
    ],
  },
  {
    name: 'Vite, a server-side build',
    packages: ['vite'],
    steps: [{ command: 'vite', args: ['build', '--ssr', 'app.mjs', '--outDir', 'built'] }, node('built/app.js')],
  },
  {
    name: 'Vite, all in the build',
    packages: ['vite'],
    files: { 'vite.config.mjs': 'export default { ssr: { noExternal: true } }\n' },
    steps: [
      { command: 'vite', args: ['build', '--ssr', 'app.mjs', '--outDir', 'built'] },
      { command: 'rm', args: ['-r', 'node_modules'] },
      node('built/app.js'),
    ],
  },
  { name: 'Next.js, serverExternalPackages', ...next("serverExternalPackages: ['sygra']") },
  { name: 'Next.js, as it is', ...next('') },
]
