// What the collector costs: one request, one node execution and one record, per triple; a summary of a million triples;
// and whether memory grows once the sketch has taken over. Against the Python collector: 3.7 µs and 2.9 s.
import { MetadataCollector } from '../dist/index.js'

const pythonTripleMicroseconds = 3.7
const pythonSummarySeconds = 2.9
const triples = 1_000_000

const modelConfig = { type: 'OpenAI', url: 'https://api.openai.com/v1', parameters: { temperature: 0.7 } }

function record(collector, count) {
  for (let index = 0; index < count; index += 1) {
    const latency = 0.5 + (index % 997) / 500
    collector.recordModelRequest({
      modelName: 'gpt-4o-mini',
      nodeName: 'summarizer',
      latency,
      promptTokens: 44,
      completionTokens: 92,
      totalTokens: 136,
      costUsd: 0.0000618,
      modelConfig,
    })
    collector.recordNodeExecution({ nodeName: 'summarizer', nodeType: 'llm', latency, success: true })
    collector.recordProcessedRecord({ success: true })
  }
}

record(new MetadataCollector(), 200_000)
const collector = new MetadataCollector()
record(collector, 50_000)
globalThis.gc?.()
const heapBefore = process.memoryUsage().heapUsed
const started = performance.now()
record(collector, triples - 50_000)
const microseconds = ((performance.now() - started) * 1000) / (triples - 50_000)
globalThis.gc?.()
const grownMegabytes = (process.memoryUsage().heapUsed - heapBefore) / 1e6
const summaryStarted = performance.now()
const summary = collector.getMetadataSummary()
const summaryMilliseconds = performance.now() - summaryStarted

console.log(
  `triple   ${microseconds.toFixed(2)} µs, ${(microseconds / pythonTripleMicroseconds).toFixed(2)} of the Python collector (limit 0.25)`,
)
console.log(
  `summary  ${summaryMilliseconds.toFixed(1)} ms for ${summary.aggregate_statistics.requests.total_requests.toLocaleString('en')} requests, ${(summaryMilliseconds / 1000 / pythonSummarySeconds).toFixed(4)} of the Python collector (limit 20 ms)`,
)
console.log(`memory   ${grownMegabytes.toFixed(1)} MB grown from 50,000 to 1,000,000 triples (limit: none to speak of)`)
