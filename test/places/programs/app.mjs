import { Workflow } from 'sygra'

const workflow = new Workflow('place').source([{ text: 'Hello' }]).llm('gpt-4o-mini', '{text}', { output: 'answer' })
const { records, metadata } = await workflow.run({ simulate: { timeScale: 0 }, outputDir: 'out' })
const { requests, cost } = metadata.aggregate_statistics
console.log(`rows ${records.length}, requests ${requests.total_requests}, paid ${cost.total_cost_usd > 0}`)
