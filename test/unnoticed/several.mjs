// Programs of `programs` in one process, one after the other: those that leave it as they have found it.
//   node several.mjs requests.mjs uploads.mjs
for (const name of process.argv.slice(2)) {
  console.log(`${name}:`)
  await import(`./programs/${name}`)
  // What a program lets go in its last moment is its own.
  await new Promise((done) => setImmediate(done))
}
