import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isSecretName,
  redactLongText,
  redactParameters,
  redactRemote,
  redactText,
  redactUrl,
  rememberSecret,
  rememberSecretsOfRequest,
} from './redact.ts'

const word = (characters: string, length: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: length, maxLength: length })
const lower = 'abcdefghijklmnopqrstuvwxyz0123456789'
const alphanumeric = `${lower}ABCDEFGHIJKLMNOPQRSTUVWXYZ`
const base64 = `${alphanumeric}+/`
const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Each form: what stands before the secret, and the secret. Lengths are those of true keys. */
const forms: Readonly<Record<string, fc.Arbitrary<string>>> = {
  openai: word(alphanumeric, 48).map((rest) => `sk-${rest}`),
  anthropic: word(`${alphanumeric}-_`, 93).map((rest) => `sk-ant-api03-${rest}AA`),
  groq: word(alphanumeric, 52).map((rest) => `gsk_${rest}`),
  xai: word(`${alphanumeric}_`, 80).map((rest) => `xai-${rest}`),
  perplexity: word(alphanumeric, 48).map((rest) => `pplx-${rest}`),
  nvidia: word(`${alphanumeric}-_`, 64).map((rest) => `nvapi-${rest}`),
  replicate: word(alphanumeric, 37).map((rest) => `r8_${rest}`),
  fireworks: word(alphanumeric, 24).map((rest) => `fw_${rest}`),
  cerebras: word(lower, 48).map((rest) => `csk-${rest}`),
  together: word(`${alphanumeric}-_`, 43).map((rest) => `tgp_v1_${rest}`),
  huggingFace: word(alphanumeric, 34).map((rest) => `hf_${rest}`),
  gitlab: word(alphanumeric, 20).map((rest) => `glpat-${rest}`),
  github: word(alphanumeric, 36).map((rest) => `ghp_${rest}`),
  googleOauth: word(`${alphanumeric}-_`, 60).map((rest) => `ya29.${rest}`),
  google: word(`${alphanumeric}-_`, 35).map((rest) => `AIza${rest}`),
  aws: word(capitals, 16).map((rest) => `AKIA${rest}`),
  awsTemporary: word(capitals, 16).map((rest) => `ASIA${rest}`),
  awsSession: word(base64, 300).map((rest) => `IQoJb3JpZ2luX2Vj${rest}`),
  awsRole: word(capitals, 17).map((rest) => `AROA${rest}`),
  googleNew: word(`${alphanumeric}-_`, 50).map((rest) => `AQ.Ab8R${rest}`),
  databricks: word('0123456789abcdef', 32).map((rest) => `dapi${rest}`),
  vercel: word(alphanumeric, 56).map((rest) => `vck_${rest}`),
  vault: word(`${alphanumeric}-_`, 95).map((rest) => `hvs.${rest}`),
  grafana: fc.tuple(word(alphanumeric, 32), word('0123456789abcdef', 8)).map(([a, b]) => `glsa_${a}_${b}`),
  onePassword: word(`${alphanumeric}-_`, 300).map((rest) => `ops_eyJ${rest}`),
  linear: word(alphanumeric, 40).map((rest) => `lin_api_${rest}`),
  notion: word(alphanumeric, 46).map((rest) => `ntn_${rest}`),
  docker: word(`${alphanumeric}-_`, 27).map((rest) => `dckr_pat_${rest}`),
  shopify: word('0123456789abcdef', 32).map((rest) => `shpat_${rest}`),
  npm: word(alphanumeric, 36).map((rest) => `npm_${rest}`),
  slack: fc.tuple(word('0123456789', 11), word(alphanumeric, 24)).map(([a, b]) => `xoxb-${a}-${a}-${b}`),
  sendgrid: fc.tuple(word(alphanumeric, 22), word(alphanumeric, 43)).map(([a, b]) => `SG.${a}.${b}`),
  realtime: word(alphanumeric, 32).map((rest) => `ek_${rest}`),
  langSmith: fc.tuple(word(lower, 32), word(lower, 10)).map(([a, b]) => `lsv2_pt_${a}_${b}`),
  bedrock: word(base64, 110).map((rest) => `ABSK${rest}=`),
  stripe: word(alphanumeric, 24).map((rest) => `sk_live_${rest}`),
  azure: fc.tuple(word(alphanumeric, 52), word(alphanumeric, 27)).map(([a, b]) => `${a}JQQJ9${b}`),
  azureStorage: word(base64, 86).map((rest) => `${rest}==`),
  jwt: fc
    .tuple(word(alphanumeric, 30), word(alphanumeric, 60), word(`${alphanumeric}-_`, 43))
    .map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`),
  pem: word(base64, 64).map(
    (line) => `-----BEGIN RSA PRIVATE KEY-----\n${line}\n${line}\n-----END RSA PRIVATE KEY-----`,
  ),
}

const surroundings: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => `Incorrect API key provided: ${key}. Find yours in the settings.`,
  (key) => `{"error":{"message":"bad key '${key}'"}}`,
  (key) => `at call (file.js:1:2)\n  key=${key}\n  next`,
  (key) => `(${key})`,
]

describe.each(Object.entries(forms))('a key of the form of %s', (_name, form) => {
  test('is in no text', () => {
    fc.assert(
      fc.property(form, fc.constantFrom(...surroundings), (key, around) => {
        const text = redactText(around(key))
        for (const line of key.split('\n')) if (!line.startsWith('-----')) expect(text).not.toContain(line)
        expect(redactText(text)).toBe(text)
      }),
      { numRuns: 200 },
    )
  })
})

const names =
  'api_key apiKey API-KEY x-api-key accessToken authToken clientSecret secretAccessKey sessionToken subscriptionKey Ocp-Apim-Subscription-Key privateKey sasToken SASToken openaiApiKey openaiAPIKey OPENAIAPIKEY connectionString pwd pass password dbPassword api_key_2 apiKey2 AZURE_OPENAI_API_KEY refresh_token id_token Authorization Cookie client-secret passphrase'.split(
    ' ',
  )

test.each(names)('%s is the name of a secret, in parameters and in text', (name) => {
  expect(isSecretName(name)).toBe(true)
  expect(redactParameters({ [name]: 'hunter-two', nested: { [name]: ['hunter-two'] } })).toEqual({
    [name]: '[redacted]',
    nested: { [name]: '[redacted]' },
  })
  const value = 'correct4horse6battery'
  for (const text of [
    `${name}=${value}`,
    `${name}: ${value}`,
    `{"${name}": "${value}"}`,
    `{\\"${name}\\":\\"${value}\\"}`,
    `{ ${name}: '${value}' }`,
    `https://host.example/v1?a=1&${name}=${value}&b=2`,
    `https://host.example/v1?${name}=${value}`,
    `--${name}=${value} --next`,
    `--${name} ${value} --next`,
  ]) {
    // Names such as "pass" are words too: on a command line they are removed with "=" and with a blank alike.
    expect(redactText(text), text).not.toContain(value)
  }
})

test.each([
  'max_tokens',
  'maxTokens',
  'max_completion_tokens',
  'prompt_tokens',
  'total_tokens',
  'eos_token',
  'pad_token_id',
  'prompt_cache_key',
  'output_keys',
  'input_key',
  'primary_key',
  'public_key',
  'tokenizer',
  'keyboard',
  'monkey',
  'author',
  'passage',
  'token_type',
  'temperature',
  'first_token_latency',
])('%s is no name of a secret', (name) => {
  expect(isSecretName(name)).toBe(false)
  expect(redactParameters({ [name]: 'value' })).toEqual({ [name]: 'value' })
})

test.each([
  'max_tokens=4096, max_tokens: 4096, "max_tokens": 4096',
  'Basic authentication is not supported; use a Bearer token',
  'www-authenticate: Basic realm="models"',
  'the key is missing; missing key: user_name; duplicate key: record-00012',
  'SyntaxError: Unexpected token \'a\', "abc" is not valid JSON',
  'token: expected, api_key: missing, "password": null',
  'request id req_011CSHoEeqs5C35K2UUqR7Fy failed at 2026-11-28T23:59:59.123Z',
  'commit 1f0e3dad99908345f7439f8ffabdffc4a0b1c2d3, sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  `integrity sha512-${'Ab3/'.repeat(21)}xy==`,
  'run 123e4567-e89b-12d3-a456-426614174000 of task-list at risk-free rates',
  'https://api.example.com/v1/models/Llama-3-70B-Instruct-Turbo/chat?limit=12',
  'https://host.example/find?mail=a@b.example&sort_key=created_at',
  'mail bob@example.com: meet at 12:30@home; npm:left-pad@1.2.3/index.js',
  'git@github.com:owner/repository.git',
  'TODAYINASIAASACKOFRICEFELLOVER',
  'a line of Python: for key, value in items: print(key)',
])('ordinary text stays as it is: %s', (text) => {
  expect(redactText(text)).toBe(text)
})

test.each([
  ['Authorization: Bearer plainword', 'plainword'],
  ['{"authorization":"Basic dXNlcjpwYXNz"}', 'dXNlcjpwYXNz'],
  ['sent Basic dXNlcjpodW50ZXIy to it', 'dXNlcjpodW50ZXIy'],
  ['postgres://admin:hunter2@db.example/main failed', 'hunter2'],
  ['cannot reach https://user:p%40ss!word@proxy.example:8080/', 'p%40ss!word'],
  ['x-api-key: 0f1e2d3c4b5a', '0f1e2d3c4b5a'],
  ['GET https://account.blob.core.windows.net/c?sv=1&sig=aB3%2Fx%3D', 'aB3%2Fx%3D'],
  ['https://relay.example/KEYq8Rt2Vb6Nm4Zx0Lp9Wd3Fs/v1/chat', 'q8Rt2Vb6Nm4Zx0Lp9Wd3Fs'],
  ['Endpoint=sb://x;SharedAccessKey=abcDEF123+/=;EntityPath=y', 'abcDEF123+/='],
  ['password="two words and \\"more\\""', 'words and'],
])('what must not be read is removed: %s', (text, secret) => {
  expect(redactText(text)).not.toContain(secret)
})

test('git remotes and URLs', () => {
  expect(redactRemote('user:hunter2@host.example:owner/repository')).toBe('[redacted]@host.example:owner/repository')
  expect(redactRemote('git@host.example:owner/repository')).toBe('git@host.example:owner/repository')
  expect(redactRemote('https://user:hunter2@host.example/owner/repository')).toBe(
    'https://host.example/owner/repository',
  )
  expect(redactUrl('https://relay.example/aB3q8Rt2Vb6Nm4Zx0Lp9Wd3Fs/v1?key=abc')).toBe(
    'https://relay.example/[redacted]/v1',
  )
})

test('what the process uses as a key is removed whatever it looks like, placeholders are not', () => {
  rememberSecret('horse battery staple & more')
  rememberSecretsOfRequest((name) => (name === 'authorization' ? 'Bearer plain-words-as-key' : undefined))
  for (const placeholder of ['EMPTY', 'none', 'ollama', 'short', 'not-needed']) rememberSecret(placeholder)
  expect(redactText('it said: horse battery staple & more!')).toBe('it said: [redacted]!')
  expect(redactText('?q=horse%20battery%20staple%20%26%20more')).not.toContain('battery')
  expect(redactText('body plain-words-as-key end')).toBe('body [redacted] end')
  expect(redactText('EMPTY none ollama short not-needed')).toBe('EMPTY none ollama short not-needed')
})

test('a secret at the place where text is cut does not leave its beginning', () => {
  const key = `gsk_${'aB3d'.repeat(13)}`
  for (let before = 50; before < 110; before += 1) {
    const text = redactLongText(`${'x'.repeat(before)} ${key} ${'tail '.repeat(5_000)}`, 100)
    expect(text).not.toContain('gsk_')
  }
})

test.each([
  'a:',
  'key=',
  '"a":"',
  'eyJaaaaaaaaaaaa-',
  'SG.aaaaaaaaaaaaaaaaaaaa',
  '-----BEGIN PRIVATE KEY-----',
  'https://',
  'a@b:',
  'password="\\',
  'A'.repeat(50),
  '--key ',
  'Bearer ',
])(
  'hostile text takes time in proportion to its length: %s',
  (part) => {
    // A square law would make 200 times the text take 40,000 times as long: minutes, where this takes far below a second.
    expect(redactText(part.repeat(Math.ceil(1_000_000 / part.length))).length).toBeGreaterThan(0)
  },
  30_000,
)
