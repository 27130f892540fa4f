import { post, question, tell, url } from '../ask.mjs'

// Each says when it is asked; fetch asks each as often as it does, and we never.
class OwnHeaders extends Headers {
  get(name) {
    console.log('get', name)
    return super.get(name)
  }
}
class OwnForm extends FormData {
  *[Symbol.iterator]() {
    console.log('iterated')
    yield* super[Symbol.iterator]()
  }
  entries() {
    console.log('entries')
    return super.entries()
  }
}
class OwnBlob extends Blob {
  get size() {
    console.log('size')
    return super.size
  }
  text() {
    console.log('text')
    return super.text()
  }
  arrayBuffer() {
    console.log('arrayBuffer')
    return super.arrayBuffer()
  }
}
class OwnParameters extends URLSearchParams {
  toString() {
    console.log('toString')
    return super.toString()
  }
}
class OwnRequest extends Request {
  get url() {
    console.log('url')
    return super.url
  }
  get body() {
    console.log('body')
    return super.body
  }
}
class OwnUrl extends URL {
  get href() {
    console.log('href')
    return super.href
  }
}
const texts = (name, text) => ({
  toString() {
    console.log('text of', name)
    return text
  },
})
const ask = (input, init) => async () => (await fetch(input, init)).status
const form = new OwnForm()
form.set('model', 'whisper-1')
await tell('headers', ask(url(), post({ headers: new OwnHeaders({ 'content-type': 'application/json' }) })))
await tell('form', ask(url(), { method: 'POST', body: form }))
await tell('blob', ask(url(), post({ body: new OwnBlob([question]) })))
await tell('parameters', ask(url(), post({ body: new OwnParameters({ a: '1' }) })))
await tell('request', ask(new OwnRequest(url(), post())))
await tell('address', ask(new OwnUrl(url()), post()))
await tell('texts', ask(url(), post({ method: texts('method', 'POST'), body: texts('body', question) })))
await tell('text of a header', ask(url(), post({ headers: { 'x-api-key': texts('header', 'k') } })))
await tell('list of headers', ask(url(), post({ headers: [['x-api-key', texts('item', 'k')]] })))
