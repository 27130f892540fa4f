// Ways to end that few programs have, each in a process of its own after a call to a model.
import { fork } from 'node:child_process'
import http from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { post, question, url } from '../ask.mjs'

const endings = {
  'an exit within the exit': () => {
    process.on('exit', () => process.exit(9))
    process.exit(3)
  },
  'an exit within the exit of an error': () => {
    process.on('exit', () => process.exit(9))
    throw new Error('mine')
  },
  'a callback for what nobody caught': () => {
    process.setUncaughtExceptionCaptureCallback((error) => console.log('captured', error.message))
    throw new Error('mine')
  },
  'a handler that throws again': () => {
    process.on('uncaughtException', () => {
      throw new Error('again')
    })
    throw new Error('mine')
  },
  'nothing is thrown': () => setTimeout(() => Promise.reject()),
  'the event by hand': () => {
    process.on('exit', (code) => console.log('exit', code))
    process.emit('exit', 1)
  },
  'no listener left': () => {
    process.removeAllListeners()
    process.exit(2)
  },
  'a signal that is handled once': () => {
    process.once('SIGTERM', () => {
      console.log('once')
      process.kill(process.pid, 'SIGTERM')
    })
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => {}, 60_000)
  },
  'a promise that never settles': () => new Promise(() => {}),
}

if (process.argv[2] === undefined) {
  const ended = Object.keys(endings).map(async (name) => {
    const child = fork(new URL(import.meta.url), [name], { silent: true })
    let text = ''
    child.stdout.on('data', (piece) => {
      text += piece
    })
    const end = await new Promise((done) => child.on('close', (...all) => done(all.join())))
    return `${name}: ${end} ${text}`
  })
  console.log((await Promise.all(ended)).join('\n'))
} else {
  // Node's own client is there at once, and `fetch` takes longer than all the rest: there are many of these processes.
  const { method, headers } = post()
  const answer = await new Promise((done) => http.request(url(), { method, headers }, done).end(question))
  await textOf(answer)
  await endings[process.argv[2]]()
}
