const { OpenAIInstrumentation } = require('@traceloop/instrumentation-openai')
const { startTracing } = require('./start-tracing.cjs')

startTracing(new OpenAIInstrumentation())
