import { observeFetch } from '../../src/instrument/fetch.ts'
import { frontFetch } from '../../src/instrument/front-fetch.ts'
import { frontHttp } from '../../src/instrument/front-http.ts'
import { frontHttp2 } from '../../src/instrument/front-http2.ts'
import { observeHttp } from '../../src/instrument/observe-http.ts'
import { observeHttp2 } from '../../src/instrument/observe-http2.ts'

/** Watches every transport of this process as `--import sygra/register` does; gives the function that ends it. */
export function watchWire(): () => void {
  const { fetch } = globalThis
  globalThis.fetch = frontFetch(fetch, observeFetch)
  const endHttp = frontHttp(observeHttp)
  const endHttp2 = frontHttp2(observeHttp2)
  return () => {
    globalThis.fetch = fetch
    endHttp()
    endHttp2()
  }
}
