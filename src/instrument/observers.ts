// All that watching a call needs. A registered process loads it with its first call to a model.
export { observeFetch } from './fetch/fetch.ts'
export { observeHttp } from './http/observe-http.ts'
export { observeHttp2 } from './http/observe-http2.ts'
export { observeUndici } from './http/observe-undici.ts'
export { startProcessRun } from './process/process-run.ts'
export { observeAiSdk } from './sdk/ai-sdk-operations.ts'
export { observeLangchain } from './sdk/langchain-handler.ts'
export { observeOpenAiAgents } from './sdk/openai-agents-executions.ts'
