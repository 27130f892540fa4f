const { Workflow } = require('sygra')

const workflow = new Workflow('place').source([{ text: 'Hello' }]).llm('gpt-4o-mini', '{text}', { output: 'answer' })
workflow.run({ simulate: { timeScale: 0 }, outputDir: 'out' }).then(({ records, metadata }) => {
  const { requests, cost } = metadata.aggregate_statistics
  console.log(`rows ${records.length}, requests ${requests.total_requests}, paid ${cost.total_cost_usd > 0}`)
})
