// What VitePress is told. `config.json` beside it is written by scripts/docs.mjs.
import { readFileSync } from 'node:fs'
import { headingName } from './heading-name.mjs'

const { name, sidebar, repository } = JSON.parse(readFileSync(new URL('config.json', import.meta.url), 'utf8'))

export default {
  title: name,
  description: 'Run LLM workflows, and know what every run cost, how fast it was and what failed.',
  base: process.env.SITE_BASE ?? '/',
  cleanUrls: true,
  lastUpdated: false,
  ignoreDeadLinks: 'localhostLinks',
  // Headings get the names that GitHub gives them, so that a link to one holds in both places.
  // Pages hold no HTML: what looks like it, as List<Row> does, is text.
  markdown: { anchor: { slugify: headingName }, html: false, config: keepBraces, languageAlias: { promql: 'sql' } },
  themeConfig: {
    nav: [
      { text: 'Tutorial', link: '/docs/tutorial' },
      { text: 'How to …', link: '/docs/how-to' },
      { text: 'Command line', link: '/docs/cli' },
      { text: 'Repository', link: repository },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
  },
}

/** Braces in code are no expression of Vue. */
function keepBraces(markdown) {
  markdown.renderer.rules.code_inline = (tokens, index) =>
    `<code v-pre>${markdown.utils.escapeHtml(tokens[index].content)}</code>`
}
