import { currentScope, outsideCollector, type Scope } from '../../runtime/scope.ts'
import { markOwnCodeWatched } from '../fetch/own-code-watched.ts'
import { interceptHttp } from '../http/intercept-http.ts'
import { interceptUndici } from '../http/intercept-undici.ts'
import { observeHttp } from '../http/observe-http.ts'
import { observeUndici } from '../http/observe-undici.ts'

/**
 * Watches what is sent within the named places of a plain program, whichever client it uses and whenever that was built:
 * by Node's fetch, by the package undici and by `node:http`. A program that is watched as a whole, and a run of a workflow,
 * need none of it. What is sent outside of such places stays unseen, as without them.
 */
export function watchOwnCode({ collector }: Scope): void {
  if (currentScope() !== undefined || !collector.isEnabled() || !markOwnCodeWatched()) return
  interceptUndici(
    (request, url) => {
      if (isInNamedPlace()) observeUndici(request, url)
    },
    { withFetch: true },
  )
  interceptHttp((request, url, kind) => (isInNamedPlace() ? observeHttp(request, url, kind) : undefined))
}

function isInNamedPlace(): boolean {
  return currentScope()?.collector === outsideCollector()
}
