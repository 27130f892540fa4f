/**
 * Forms of keys that are told by their looks, as of 2026-11-29. Read for it: the rules of gitleaks
 * (github.com/gitleaks/gitleaks: aws, groq, perplexity, stripe, azure-ad-client-secret), of Kingfisher
 * (github.com/mongodb/kingfisher: aws with Bedrock, xai, replicate, nvidia), all of secretlint's recommended ones
 * (@secretlint/secretlint-rule-preset-recommend 13.0.7: aws, npm, slack, openai, anthropic, groq, huggingface, linear, notion,
 * sendgrid, shopify, github, gitlab, grafana, 1password, hashicorp-vault, vercel, databricks, docker, figma), and excerpts of a
 * rule for Cerebras and of Microsoft's definitions of its keys. No rule was read for the others: they are as keys of these services are seen in use.
 * Lengths are kept loose, since services change them.
 *
 * No form may take more than linear time: a repetition either ends a form, or stops at a character that it does not contain.
 */
const keyForms = [
  /** OpenAI, Anthropic, OpenRouter, DeepSeek, Moonshot and many others. */
  String.raw`sk-[\w-]{8,}`,
  /** Stripe and its like; Langfuse and others. */
  String.raw`[spr]k_(?:live|test|prod)_\w{8,}`,
  String.raw`[pr]k[_-][\w-]{16,}`,
  /** Groq, Replicate, Fireworks, Together, Hugging Face. */
  String.raw`(?:gsk|r8|fw|hf)_[A-Za-z0-9][\w-]{15,}`,
  String.raw`tgp_v\d_[\w-]{16,}`,
  /** xAI, Perplexity, NVIDIA, Cerebras, Tavily. */
  String.raw`(?:xai|pplx|nvapi|csk|tvly)-[\w-]{16,}`,
  /** Jina, LangSmith, Pinecone, Firecrawl, E2B; client secrets of OpenAI's Realtime API. */
  String.raw`(?:jina|e2b|pcsk|ek)_[A-Za-z0-9][\w-]{15,}`,
  String.raw`lsv2_(?:pt|sk)_\w{16,}`,
  'fc-[0-9a-f]{32}(?![A-Za-z0-9])',
  /** Databricks, Vercel with its gateway, Grafana, HashiCorp Vault, 1Password. */
  'dapi[A-Fa-f0-9]{32}',
  'vc[piark]_[A-Za-z0-9]{20,}',
  String.raw`gl(?:sa|c)_[\w+/=]{20,}`,
  String.raw`hv[sbr]\.[\w-]{20,}`,
  String.raw`ops_eyJ[\w-]{20,}`,
  /** Linear, Notion, Shopify, Docker, Figma, Supabase. */
  String.raw`(?:lin_api|dckr_pat|figd|sbp|sb_secret)_[\w-]{20,}`,
  'ntn_[A-Za-z0-9]{20,}',
  'shp(?:pa|ca|at|ss)_[A-Za-z0-9]{20,}',
  /** GitHub, GitLab, npm, PyPI, Slack, DigitalOcean, SendGrid. */
  String.raw`(?:gh[pousr]|github_pat|npm|whsec|dop_v1)_[\w-]{8,}`,
  String.raw`glpat-[\w.-]{8,}`,
  String.raw`pypi-[\w-]{32,}`,
  String.raw`(?:xox[abeoprs]|xapp)-[\w-]{8,}`,
  String.raw`(?<![\w-])SG\.[\w-]{16,}\.[\w-]{16,}`,
  /** Google: API keys and OAuth tokens. */
  String.raw`AIza[\w-]{20,}`,
  String.raw`ya29\.[\w.-]{8,}`,
  String.raw`AQ\.[\w-]{30,}`,
  /** AWS: ids of access keys, lasting and temporary; keys of Bedrock, lasting and of a day. */
  '(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{12,}(?![A-Za-z])',
  /** Tokens of AWS's sessions, which begin in two ways. */
  '(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9+/=]{20,}',
  'ABSK[A-Za-z0-9+/=]{16,}',
  'bedrock-api-key-[A-Za-z0-9+/=]{16,}',
  /** Azure: marked keys of 84 characters, secrets of applications, and keys of 64 bytes, which a checksum is not. */
  '[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{10,60}(?:==)?',
  String.raw`[\w~.]{3}\dQ~[\w~.-]{31,40}`,
  '(?<!sha512-)(?<![+/])[A-Za-z0-9+/]{86}==',
  /** JSON web tokens. */
  String.raw`(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?`,
]

/** What has the form of a known key. */
export const knownKey = new RegExp(`(?<![A-Za-z0-9])(?:${keyForms.join('|')})`, 'g')
