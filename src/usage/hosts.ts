import type { HostRule } from './wire-format.ts'

/** Tells the provider of a URL by these rules; undefined for a host that none of them names, such as one's own server. */
export function createHostTable(rules: readonly HostRule[]): (url: URL) => string | undefined {
  return (url) => {
    for (const rule of rules) {
      if (matches(rule, url)) return typeof rule.provider === 'string' ? rule.provider : rule.provider(url)
    }
    return undefined
  }
}

function matches({ end, containing, pathPart }: HostRule, { hostname, pathname }: URL): boolean {
  if (end !== undefined) return endsWithLabel(hostname, end)
  if (containing !== undefined) return containing.form.test(hostname)
  return pathPart !== undefined && pathname.includes(pathPart)
}

/** `notopenrouter.ai` is not `openrouter.ai`; `eu.api.openai.com` is OpenAI. */
function endsWithLabel(hostname: string, end: string): boolean {
  if (!hostname.endsWith(end)) return false
  return /^[.-]/.test(end) || hostname.length === end.length || hostname[hostname.length - end.length - 1] === '.'
}
