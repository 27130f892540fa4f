const { observeOpenAI } = require('@langfuse/openai')
const { LangfuseSpanProcessor } = require('@langfuse/otel')
const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node')

const processor = new LangfuseSpanProcessor({ publicKey: 'k', secretKey: 'k', baseUrl: process.env.MODEL_URL })
const provider = new NodeTracerProvider({ spanProcessors: [processor] })
provider.register()
globalThis.benchObserver = { wrap: (client) => observeOpenAI(client), flush: () => provider.forceFlush() }
