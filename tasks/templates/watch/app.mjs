// A program that knows nothing of sygra: it asks a model over HTTP. Put your own in its place, with whatever SDK it uses:
// npx sygra exec -- node your-app.js
const questions = ['What is a record?', 'What is a retry?', 'What does a token cost?']
const { url, key, close } = await connect()

for (const question of questions) {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: `Answer in one sentence. ${question}` }],
    }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error?.message ?? `status ${response.status}`)
  console.log(`${question} ${answer.choices[0].message.content}`)
}
await close()

/** OpenAI with your key; without one, simulated models on this machine, so that the first try costs nothing. */
async function connect() {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: url = 'https://api.openai.com/v1' } = process.env
  if (key) return { url, key, close: async () => {} }
  const { startSimulator } = await import('sygra')
  const simulator = await startSimulator()
  return { url: simulator.url, key: 'simulated', close: () => simulator.close() }
}
