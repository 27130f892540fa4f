/** Where a member of a kind is tested: by what a row of one of the tables says, or by a text of a test's file. */
export type Member =
  | { readonly truth: string }
  | { readonly report: string }
  | { readonly file: string; readonly text: string }

/** One kind of fault, by the case that showed it first. */
export interface Kind {
  readonly number: string
  readonly kind: string
  /** The case itself, and then others of the kind. */
  readonly members: readonly Member[]
}

const truth = (what: string): Member => ({ truth: what })
const report = (what: string): Member => ({ report: what })
const inFile =
  (file: string) =>
  (text: string): Member => ({ file, text })

const truthTest = inFile('test/formats/truth.test.ts')
const deferred = inFile('src/instrument/attempt/deferred-work.test.ts')
const undici = inFile('test/sdk/undici.test.ts')
const proxies = inFile('src/instrument/http/proxies.test.ts')
const sockets = inFile('src/instrument/sockets/observe-socket.test.ts')
const live = inFile('test/sdk/gemini-live.test.ts')
const otherPrices = inFile('src/pricing/prices-of-others.test.ts')
const places = inFile('src/pricing/prices-of-places.test.ts')
const json = inFile('src/workflow/sources/formats/parse-json.test.ts')
const parquet = inFile('src/workflow/sources/formats/read-parquet.test.ts')
const csv = inFile('src/workflow/sources/formats/read-csv.test.ts')

/** The kinds of the cases from public bug reports, in their order. The first member is the case. */
export const kinds: readonly Kind[] = [
  {
    number: '01',
    kind: 'a stated total that is more than its parts',
    members: [
      truth("Gemini by OpenAI's path: thinking is in the total alone"),
      truth('the same with reasoning stated as 0, behind a gateway'),
      truth("Vertex's OpenAI path, as a stream"),
      truth('a total above its parts of another model is a doubt'),
      report("xAI's reasoning is on top of the completion"),
    ],
  },
  {
    number: '03',
    kind: "cache writes within OpenAI's usage",
    members: [
      truth('LiteLLM states cache writes of Claude in the details and at the top'),
      truth('LiteLLM states the lives of the writes'),
      truth('Alibaba states writes and their lives in the details'),
      report('a gateway that leaves the details at 0 and counts at the top'),
    ],
  },
  {
    number: '05',
    kind: 'cached tokens at the top of the usage',
    members: [
      truth('Moonshot names cached tokens at the top'),
      truth('Moonshot streams its usage in the last choice'),
      truth('Together names cached tokens at the top'),
      truth('a gateway that fills one spelling and leaves the other at 0'),
    ],
  },
  {
    number: '07',
    kind: "an answer from a gateway's cache",
    members: [
      truthTest("'cf-aig-cache-status': 'HIT'"),
      truthTest("'helicone-cache': 'HIT'"),
      truthTest("'x-portkey-cache-status': 'SEMANTIC HIT'"),
      truthTest("'x-openrouter-cache-status': 'HIT'"),
      truthTest("'x-litellm-cache-key': 'abc'"),
    ],
  },
  {
    number: '09',
    kind: 'a cost that is stated outside of the usage',
    members: [
      truth('a proxy of LiteLLM states the cost in a header'),
      truth('a cost of 0 in the headers of a stream is not its cost'),
      truth('the model is in a header, the cost in the answer'),
      truth('Perplexity states its cost'),
    ],
  },
  {
    number: '10',
    kind: 'fees that the usage counts',
    members: [
      truth('searches are charged, pages that are fetched are not'),
      truth('the time that code ran for is not told'),
      truth('a grounded prompt is charged once before Gemini 3'),
      truth('each query is charged since, also where a chunk of its own tells them'),
      truth('reasoning is on top, and so are the calls of its tools'),
    ],
  },
  {
    number: '11',
    kind: 'fees for calls in the output',
    members: [
      truth('searches are charged; opening a page and a tool that was not called are not'),
      truth('searches of files and a container, in the last event of a stream'),
      truth('calls of tools that are told beside the usage alone are a doubt'),
      report("a shell in OpenAI's own container"),
      report('one that nobody knows'),
    ],
  },
  {
    number: '14',
    kind: 'a fee for each request',
    members: [
      truth('a search preview searches for every answer'),
      report('the search models of the fifth generation charge a search for each request'),
      report('deep research whose answer counts no search is no whole amount'),
      report('Perplexity charges for the request as well, by how much it searched'),
    ],
  },
  {
    number: '16',
    kind: 'work that is told of by another request',
    members: [
      deferred('a response in the background counts once, when it is done'),
      deferred('a response in the background may be read as a stream'),
      deferred('a response that another process began in the background counts where it is read'),
      deferred("a chat of xAI's and of Perplexity's that is answered later counts once"),
      deferred("a video of OpenAI's is charged by the second when it is done"),
    ],
  },
  {
    number: '17',
    kind: 'batches',
    members: [
      deferred("OpenAI's batch states the usage of all its calls, at half the price"),
      deferred('a batch that states no usage has it in the file of its answers, once a line'),
      deferred("each message of Anthropic's batch counts once, with its own usage"),
      deferred("Gemini's batch has its answers in the operation"),
      deferred("Mistral's batch has its answers in a file that the job names"),
      deferred("Together's batch, whose states are in capitals"),
    ],
  },
  {
    number: '19',
    kind: 'images',
    members: [
      truth('tokens of text and pictures'),
      truth('pictures by number, quality and size'),
      truth('pictures'),
      report('an image of Gemini costs twelve times its text'),
    ],
  },
  {
    number: '20',
    kind: 'sound',
    members: [
      truth('tokens of sound; the model is a field of the form'),
      truth('seconds of sound'),
      truth('characters of the text that is spoken'),
      truth('plain text counts nothing, and is no failure'),
      report("Gemini's costs three times the text"),
    ],
  },
  {
    number: '21',
    kind: "Cohere's own interface",
    members: [
      truth('billed units'),
      truth('a stream of the second version'),
      truth('search units of its rerank'),
      truth('embeddings'),
    ],
  },
  {
    number: '23',
    kind: 'usage that is a total alone',
    members: [
      truth('Voyage states a total alone'),
      truth('so does Jina'),
      truth('Voyage counts tokens'),
      truth('pictures of Voyage are charged by the pixel'),
    ],
  },
  {
    number: '24',
    kind: "the AI SDK's gateway",
    members: [truth('the model is in a header, the cost in the answer'), truth('a stream'), truth('embeddings')],
  },
  {
    number: '26',
    kind: 'models under paths of their own',
    members: [
      truth('a model of a workspace'),
      truth('the usage is in the result'),
      truth("Mistral's models on Vertex"),
      inFile('src/instrument/attempt/not-understood.test.ts')(
        'what looks like a call to a model is counted by host and path',
      ),
    ],
  },
  {
    number: '27',
    kind: 'the package undici',
    members: [undici("['fetch'"), undici("['request'"), undici("['stream'"), undici("'a pool'")],
  },
  {
    number: '28',
    kind: "a dispatcher of undici's behind another client",
    members: [
      undici("'a proxy'"),
      undici("Node's fetch with a dispatcher of the package"),
      undici('an agent with the interceptor for retries'),
      undici('a request that waited in the queue of a pool belongs where it was made'),
    ],
  },
  {
    number: '29',
    kind: 'proxies',
    members: [
      inFile('src/instrument/attempt/not-understood.test.ts')('a request through a forward proxy is one to the host'),
      proxies('that is given the whole URL, with a name and a password for it'),
      proxies('that is asked for a tunnel to a server without TLS'),
      proxies('that is asked for a tunnel to a server with TLS'),
    ],
  },
  {
    number: '31',
    kind: 'WebSockets',
    members: [
      sockets('an answer of Realtime is one request with its price'),
      sockets('what was heard is written down by another model, and Responses too'),
      sockets('an answer that the end of the socket cut off is a request without usage'),
      live('each turn is a request of the model that the program asked for'),
    ],
  },
  {
    number: '32',
    kind: 'rows of a price table that are old',
    members: [
      otherPrices("'deepseek-reasoner', at: new Date('2026-03-25T12:00:00Z')"),
      otherPrices("'mistral-large-latest', at: new Date('2026-09-23T12:00:00Z')"),
      otherPrices('a name that its provider has shut has no price'),
    ],
  },
  {
    number: '33',
    kind: 'prices by the hour and the weekday',
    members: [
      otherPrices("'deepseek-v4-flash', at: new Date('2026-09-05T02:00:00Z')"),
      otherPrices("'deepseek-v4-flash', at: new Date('2026-08-22T02:00:00Z')"),
      otherPrices("'deepseek-flash', at: new Date('2026-11-23T10:00:00Z')"),
    ],
  },
  {
    number: '34',
    kind: 'names without a revision or a day',
    members: [
      places("'gpt-oss on Mantle'"),
      places('anthropic.claude-haiku-4-5'),
      report('a dated name whose price is not that of the family'),
      report('Gemini with a number at its end'),
    ],
  },
  {
    number: '36',
    kind: 'numbers that are longer than a number holds',
    members: [
      json('{"id":1790000000000000001}'),
      json('two long ids are never made one'),
      parquet("count: '1152921504606846976'"),
      parquet('decimals of many digits within'),
      csv('long numbers stay the text that they are'),
      inFile('src/workflow/config/read-yaml.test.ts')('a long id among the data is kept as text'),
    ],
  },
  {
    number: '38',
    kind: 'tables with columns that have no name',
    members: [
      csv("pandas' index has no name"),
      csv('a comma at the end of each line'),
      csv("Excel's word for the delimiter"),
      csv('two columns without a name, one in the middle'),
      csv('a name of nothing but blanks'),
    ],
  },
]
