// All that watching a call needs. A registered process loads it with its first call to a model.
export { observeFetch } from './fetch.ts'
export { observeHttp } from './observe-http.ts'
export { observeHttp2 } from './observe-http2.ts'
export { startProcessRun } from './process-run.ts'
