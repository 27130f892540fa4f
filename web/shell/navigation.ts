import { useEffect, useState } from 'preact/hooks'
import { parseRoute, type Route } from './route.ts'
import { watchMoves } from './watch-moves.ts'

/**
 * Where the page is. Each entry of the browser's history keeps how far it was scrolled and what had the focus, so that Back
 * leads to where one was.
 */

const changed = 'sygra-address'

/** Goes to an address; Back leads from there to here. */
export function go(address: string): void {
  if (address === location.hash) return
  leave()
  history.pushState({ key: newKey() }, '', address)
  dispatchEvent(new Event(changed))
}

/** Puts another address in the place of this one: for what is typed or turned, which Back should not undo step by step. */
export function replace(address: string): void {
  if (address === location.hash) return
  history.replaceState(history.state, '', address)
  dispatchEvent(new Event(changed))
}

/** The route of the address, whoever changes it. */
export function useRoute(readHash: () => string): Route {
  const [hash, setHash] = useState(readHash)
  useEffect(() => {
    history.scrollRestoration = 'manual'
    if (keyNow() === undefined) history.replaceState({ key: newKey() }, '', location.href)
    else arrive()
    const onChange = () => setHash(readHash())
    const onMove = () => {
      // Without a key it is a new entry: somebody has followed a link, or typed.
      const isNew = keyNow() === undefined
      if (isNew) history.replaceState({ key: newKey() }, '', location.href)
      setHash(readHash())
      if (!isNew) arrive()
    }
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href^="#/"]') : null
      if (link !== null) leave(link)
    }
    addEventListener(changed, onChange)
    addEventListener('popstate', onMove)
    addEventListener('click', onClick, { capture: true })
    const onHide = () => leave()
    addEventListener('pagehide', onHide)
    return () => {
      removeEventListener(changed, onChange)
      removeEventListener('popstate', onMove)
      removeEventListener('click', onClick, { capture: true })
      removeEventListener('pagehide', onHide)
    }
  }, [])
  return parseRoute(hash)
}

interface Place {
  readonly y: number
  /** The address of the link, or the id of the element, that had the focus. */
  readonly focus?: string
}

function keyNow(): string | undefined {
  const state: unknown = history.state
  const key: unknown = typeof state === 'object' && state !== null ? Reflect.get(state, 'key') : undefined
  return typeof key === 'string' ? key : undefined
}

function newKey(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`
}

function leave(link: Element | null = document.activeElement): void {
  const key = keyNow()
  if (key === undefined) return
  const focus = link?.getAttribute('href') ?? (link?.id ? `#${link.id}` : undefined)
  write(`place:${key}`, JSON.stringify({ y: Math.round(scrollY), ...(focus === undefined ? {} : { focus }) }))
}

/** Goes back to where one was on this entry, as soon as what was there is there again; a move of the user ends it. */
function arrive(): void {
  const { y, focus } = readPlace(read(`place:${keyNow()}`))
  const giveUpAtMs = performance.now() + 3_000
  const moves = watchMoves()
  const attempt = () => {
    if (moves.hasMoved()) return moves.end()
    const isLongEnough = document.documentElement.scrollHeight - innerHeight >= y - 1
    if (isLongEnough) scrollTo({ top: y, behavior: 'instant' })
    if (isLongEnough && focus !== undefined) focusOn(focus)
    const isThere = isLongEnough && Math.abs(scrollY - y) < 2
    if (!isThere && performance.now() < giveUpAtMs) {
      requestAnimationFrame(attempt)
      return
    }
    // What is still being read may push it away once more.
    setTimeout(() => {
      if (isThere && !moves.hasMoved()) scrollTo({ top: y, behavior: 'instant' })
      moves.end()
    }, 120)
  }
  requestAnimationFrame(attempt)
}

function focusOn(focus: string): void {
  const element = focus.startsWith('#/')
    ? document.querySelector(`a[href="${CSS.escape(focus)}"]`)
    : document.getElementById(focus.slice(1))
  if (element instanceof HTMLElement && document.activeElement !== element) element.focus({ preventScroll: true })
}

function readPlace(text: string | null): Place {
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (typeof value !== 'object' || value === null) return { y: 0 }
    const [y, focus]: readonly unknown[] = [Reflect.get(value, 'y'), Reflect.get(value, 'focus')]
    return { y: typeof y === 'number' ? y : 0, ...(typeof focus === 'string' ? { focus } : {}) }
  } catch {
    return { y: 0 }
  }
}

function read(name: string): string | null {
  try {
    return sessionStorage.getItem(name)
  } catch {
    // A browser may forbid to keep anything.
    return null
  }
}

function write(name: string, text: string): void {
  try {
    sessionStorage.setItem(name, text)
  } catch {}
}
