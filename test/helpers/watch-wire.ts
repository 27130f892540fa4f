import { observeFetch } from '../../src/instrument/fetch/fetch.ts'
import { interceptFetch } from '../../src/instrument/fetch/intercept-fetch.ts'
import { interceptHttp } from '../../src/instrument/http/intercept-http.ts'
import { interceptHttp2 } from '../../src/instrument/http/intercept-http2.ts'
import { interceptUndici } from '../../src/instrument/http/intercept-undici.ts'
import { observeHttp } from '../../src/instrument/http/observe-http.ts'
import { observeHttp2 } from '../../src/instrument/http/observe-http2.ts'
import { observeUndici } from '../../src/instrument/http/observe-undici.ts'

/** Watches every transport of this process as `--import sygra/register` does; gives the function that ends it. */
export function watchWire(): () => void {
  const { fetch } = globalThis
  globalThis.fetch = interceptFetch(fetch, observeFetch)
  const endHttp = interceptHttp(observeHttp)
  const endHttp2 = interceptHttp2(observeHttp2)
  const endUndici = interceptUndici(observeUndici)
  return () => {
    globalThis.fetch = fetch
    endHttp()
    endHttp2()
    endUndici()
  }
}
