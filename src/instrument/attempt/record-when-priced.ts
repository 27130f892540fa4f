import { inBackground } from '../../runtime/in-background.ts'
import { processPrices, type Scope } from '../../runtime/scope.ts'
import { wireState } from './wire-state.ts'

/** Records at once as a rule; when the user's prices have been read, where they are being read, or when the process ends. */
export function recordWhenPriced(scope: Scope, record: () => void): void {
  const loading = scope.prices === undefined ? processPrices().loading : undefined
  if (loading === undefined) {
    record()
    return
  }
  const { open } = wireState()
  const waiting = {
    scope,
    settle() {
      if (open.delete(waiting)) record()
    },
  }
  open.add(waiting)
  inBackground(loading.then(() => waiting.settle()))
}
