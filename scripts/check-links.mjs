// Checks the links of all Markdown files: files and headings that are linked to are there; of the files that are packed,
// what they link to is packed as well. Addresses on the web are not asked.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { headingName } from './site/heading-name.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { files: packed } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const always = ['README.md', 'LICENSE', 'package.json']

const pages = [...readdirSync(root), ...['docs', 'tasks', '.github'].flatMap(listUnder)].filter((file) =>
  file.endsWith('.md'),
)
const broken = pages.flatMap(brokenLinksOf)
for (const line of broken) console.error(line)
if (broken.length > 0) process.exit(1)
console.log(`${pages.length} pages, no broken link`)

function listUnder(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name))
}

function brokenLinksOf(page) {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, '')
  return [...text.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].flatMap(([, target]) => {
    const fault = faultOf(page, target)
    return fault === undefined ? [] : [`${page}: ${target}: ${fault}`]
  })
}

function faultOf(page, target) {
  if (/^[a-z]+:/.test(target)) return undefined
  const [path, heading] = target.split('#')
  const file = path === '' ? page : relative('.', normalize(join(dirname(page), decodeURI(path))))
  if (!existsSync(join(root, file))) return 'there is no such file'
  if (isPacked(page) && !isPacked(file)) return 'it is not in the package'
  if (!heading || statSync(join(root, file)).isDirectory()) return undefined
  return headingsOf(readFileSync(join(root, file), 'utf8')).has(heading) ? undefined : 'there is no such heading'
}

function isPacked(file) {
  return always.includes(file) || packed.some((entry) => file === entry || file.startsWith(`${entry}/`))
}

/** The anchors that GitHub gives to headings, and those that a page sets itself. */
function headingsOf(text) {
  const seen = new Map()
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id))
  for (const [, title] of text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ +(.+)$/gm)) {
    const plain = title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const anchor = headingName(plain)
    const count = seen.get(anchor) ?? 0
    seen.set(anchor, count + 1)
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`)
  }
  return anchors
}
