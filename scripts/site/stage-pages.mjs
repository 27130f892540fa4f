// Brings the pages into the shape that VitePress wants: a README is the index of its folder, and what is linked to and is no
// page is linked to in the repository. The order of the pages is that of the tables in the README.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

const startsWithFolders = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs', 'tasks/examples']

/** Writes all pages below a folder, with links as the site has them, and gives the sidebar. */
export function stagePages({ root, to, repository }) {
  rmSync(to, { recursive: true, force: true })
  const pages = new Set(startsWithFolders.flatMap((path) => pagesAt(root, path)))
  for (const page of pages) {
    const target = join(to, placeOf(page))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, linkedFor(page, { root, pages, repository }))
  }
  cpSync(join(root, 'docs/images'), join(to, 'docs/images'), { recursive: true })
  mkdirSync(join(to, '.vitepress'), { recursive: true })
  for (const file of ['config.mjs', 'heading-name.mjs']) {
    cpSync(join(root, 'scripts/site', file), join(to, '.vitepress', file))
  }
  cpSync(join(root, 'scripts/site/theme'), join(to, '.vitepress/theme'), { recursive: true })
  return { sidebar: sidebarOf(readFileSync(join(root, 'README.md'), 'utf8')) }
}

function pagesAt(root, path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => posix.join(path, name.replaceAll('\\', '/')))
}

function placeOf(page) {
  return page.replace(/(^|\/)README\.md$/, '$1index.md')
}

/** The text of a page whose relative links lead to pages of the site, or else into the repository. */
function linkedFor(page, { root, pages, repository }) {
  const text = readFileSync(join(root, page), 'utf8')
  return text.replaceAll(/\]\(([^)\s]+)\)/g, (whole, target) => {
    if (/^([a-z]+:|#)/.test(target)) return whole
    const [path, heading] = target.split('#')
    const file = posix.normalize(posix.join(posix.dirname(page), path))
    const anchor = heading === undefined ? '' : `#${heading}`
    if (pages.has(file)) return `](/${placeOf(file)}${anchor})`
    if (/\.(png|svg)$/.test(file)) return whole
    const isFolder = existsSync(join(root, file)) && statSync(join(root, file)).isDirectory()
    return `](${repository}/${isFolder ? 'tree' : 'blob'}/main/${file}${anchor})`
  })
}

/** One group for each table of "The documentation", with the pages that its first column links to. */
function sidebarOf(readme) {
  const groups = [{ text: 'Start', items: [{ text: 'What it is', link: '/' }] }]
  for (const line of readme.slice(readme.indexOf('## The documentation')).split('\n')) {
    const first = /^\| (.+?) \|/.exec(line)?.[1]
    if (first === undefined || first.startsWith('---')) continue
    const links = [...first.matchAll(/\[([^\]]+)\]\(([^)]+\.md)\)/g)]
    if (links.length > 0) {
      const items = links.map(([, text, target]) => ({ text: capitalized(text), link: linkTo(target) }))
      groups.at(-1).items.push(...items)
    } else if (first.startsWith('to ')) groups.push({ text: capitalized(first), items: [] })
  }
  return groups
}

function linkTo(page) {
  return `/${placeOf(page).replace(/(index)?\.md$/, '')}`
}

function capitalized(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}`
}
