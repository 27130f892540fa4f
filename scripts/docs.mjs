// Builds the documentation as a site, with search, from the Markdown that the repository and the package have anyway.
//   npm run docs               writes it to site/
//   npm run docs -- --serve    shows it while pages are edited
// VitePress comes from npm when this is first run, into a cache: nothing else needs it. SITE_BASE is the path that the site
// has on its host, "/" unless told.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stagePages } from './site/stage-pages.mjs'

const version = '1.6.4'
const root = fileURLToPath(new URL('..', import.meta.url))
// Another version is installed beside it, and not taken for it.
const cache = join(root, 'node_modules', '.cache', 'sygra', `site-${version}`)
const vitepress = join(cache, 'node_modules', 'vitepress', 'bin', 'vitepress.js')

if (!existsSync(vitepress)) install()
const { name, homepage } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const pages = join(cache, 'pages')
const { sidebar } = stagePages({ root, to: pages, repository: homepage.replace(/#.*/, '') })
writeFileSync(join(pages, '.vitepress', 'config.json'), JSON.stringify({ name, sidebar, repository: homepage }))
const [command, ...options] = process.argv.includes('--serve') ? ['dev'] : ['build', '--outDir', join(root, 'site')]
const { status } = spawnSync(process.execPath, [vitepress, command, pages, ...options], { stdio: 'inherit' })
if (status === 0 && command === 'build') console.log('The site is in site/; any server of files can show it.')
process.exitCode = status ?? 1

function install() {
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, 'package.json'), '{"private":true,"type":"module"}')
  const options = ['--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', ['install', ...options, `vitepress@${version}`], { cwd: cache, stdio: 'inherit' })
  if (status !== 0) throw new Error('VitePress, which builds the site, could not be installed from npm')
}
