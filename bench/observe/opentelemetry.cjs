const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai')
const { startTracing } = require('./start-tracing.cjs')

startTracing(new OpenAIInstrumentation())
