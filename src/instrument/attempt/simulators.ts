import { wireState } from './wire-state.ts'

/** So many are remembered: a program that starts one after the other must not fill its memory. */
const most = 100

/** Notes that what answers at a URL is a simulator: what it answers, and what is lost on the way from it, costs nothing. */
export function noteSimulator({ origin }: { readonly origin: string }): void {
  const { simulators } = wireState()
  if (simulators.size < most) simulators.add(origin)
}

export function isSimulator({ origin }: { readonly origin: string }): boolean {
  return wireState().simulators.has(origin)
}
