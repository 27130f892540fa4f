// A program with OpenTelemetry of its own: the calls that its SDK makes are spans within its own span, of one trace.
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { startServer } from './server.mjs'

const exporter = new InMemorySpanExporter()
const processor = new SimpleSpanProcessor(exporter)
const provider = new BasicTracerProvider({ spanProcessors: [processor] })
// Version 1 takes them one by one, unless it is one of the last.
if (provider.addSpanProcessor !== undefined && provider._registeredSpanProcessors?.length === 0) {
  provider.addSpanProcessor(processor)
}
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(provider)

/** Asks by whichever SDK is installed: four requests. */
async function ask(url) {
  const ai = await import('ai').catch(() => undefined)
  if (ai === undefined) {
    const { OpenAI } = await import('openai')
    const client = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1` })
    const messages = [{ role: 'user', content: 'Hi' }]
    for (let call = 0; call < 4; call += 1) await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
    return
  }
  const { createOpenAI } = await import('@ai-sdk/openai')
  const model = createOpenAI({ apiKey: 'k', baseURL: `${url}/v1` }).chat('gpt-4o-mini')
  const telemetry = { isEnabled: true, functionId: 'planner' }
  const options = { model, prompt: 'Hi', telemetry, experimental_telemetry: { functionId: 'planner' } }
  for (let call = 0; call < 4; call += 1) await ai.generateText(options)
}

const server = await startServer()
await trace.getTracer('program').startActiveSpan('mine', async (span) => {
  await ask(server.url)
  span.end()
})
server.close()
const isChat = ({ name }) => name === 'chat gpt-4o-mini'
const chats = () => exporter.getFinishedSpans().filter(isChat)
// What is known of a request is gathered for a moment.
for (let wait = 0; chats().length < 4 && wait < 200; wait += 1) await new Promise((done) => setTimeout(done, 50))
const byId = new Map(exporter.getFinishedSpans().map((span) => [span.spanContext().spanId, span]))
const rootOf = (span) => {
  const parent = byId.get(span.parentSpanContext?.spanId ?? span.parentSpanId)
  return parent === undefined ? span : rootOf(parent)
}
const roots = chats().map((span) => rootOf(span).name)
const tokens = chats().map(({ attributes }) => attributes['gen_ai.usage.output_tokens'])
if (roots.join() !== 'mine,mine,mine,mine' || tokens.join() !== '92,92,92,92') {
  console.error(`spans of calls: ${tokens.join()} tokens, within ${roots.join()}`)
  process.exitCode = 1
}
console.log(JSON.stringify({ served: server.served() }))
