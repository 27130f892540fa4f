// A run whose nodes wait as models do: 300 ms on average, lognormal. What is longer than the ideal, the sum of all waits
// divided by the number of records in work, is what the runner adds. The end of a run, where fewer and fewer records are
// left, is beyond any runner: the best order that records can be taken in is shown beside it, and a plain loop over the same
// waits, which suffers from a busy machine as the run does.
import { mkdtempSync, rmSync } from 'node:fs'

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Workflow } from '../dist/index.js'

const meanSeconds = 0.3
const sigma = 0.5

for (const { concurrency, records } of [
  { concurrency: 25, records: 2_500 },
  { concurrency: 500, records: 25_000 },
]) {
  const waits = drawWaits(records)
  const ideal = waits.reduce((sum, wait) => sum + wait, 0) / concurrency
  const best = bestSeconds(waits, concurrency)
  const { seconds, cpuSeconds } = await measure(waits, concurrency)
  const plain = await plainSeconds(waits, concurrency)
  const over = (time) => `${(100 * (seconds / time - 1)).toFixed(1)} %`
  console.log(
    `${String(concurrency).padStart(3)} at once, ${records.toLocaleString('en')} records: ${seconds.toFixed(1)} s; ideal ${ideal.toFixed(1)} s, ${over(ideal)} over it (limit 3 %); best order ${best.toFixed(1)} s, ${over(best)} over it; plain loop ${plain.toFixed(1)} s, ${over(plain)} over it; ${((100 * cpuSeconds) / seconds).toFixed(0)} % of a core`,
  )
}

async function measure(waits, concurrency) {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-bench-'))
  try {
    const graph = new Workflow('latency').source(waits.map((wait, id) => ({ id, wait })))
    graph.addLambdaNode(
      'wait',
      ({ wait }) => new Promise((done) => setTimeout(() => done({ answer: 'ok' }), wait * 1000)),
    )
    const cpu = process.cpuUsage()
    let begun = 0
    const onStart = () => {
      begun = performance.now()
    }
    await graph.run({ outputDir: directory, batchSize: concurrency, keepRecords: false, onStart })
    const seconds = (performance.now() - begun) / 1000
    const { user, system } = process.cpuUsage(cpu)
    return { seconds, cpuSeconds: (user + system) / 1e6 }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function plainSeconds(waits, concurrency) {
  const begun = performance.now()
  let next = 0
  const work = async () => {
    while (next < waits.length) {
      const wait = waits[next++]
      await new Promise((done) => setTimeout(done, wait * 1000))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return (performance.now() - begun) / 1000
}

/** The same waits in every run, from a seeded generator. */
function drawWaits(count) {
  let state = 20_261
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 1) / 4_294_967_297
  }
  const mu = Math.log(meanSeconds) - sigma ** 2 / 2
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    return Math.exp(mu + sigma * normal)
  })
}

/** How long the waits take when each is begun as soon as a place is free, without any cost of doing so. */
function bestSeconds(waits, concurrency) {
  const freeAt = new Array(concurrency).fill(0)
  for (const wait of waits) {
    let first = 0
    for (let place = 1; place < concurrency; place += 1) if (freeAt[place] < freeAt[first]) first = place
    freeAt[first] += wait
  }
  return Math.max(...freeAt)
}
