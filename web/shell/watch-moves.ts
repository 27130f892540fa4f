/** Notices when the user goes somewhere: what the page does by itself must not pull them back. `end` stops watching. */
export function watchMoves(): { readonly hasMoved: () => boolean; readonly end: () => void } {
  let isMoved = false
  const names = ['wheel', 'keydown', 'pointerdown', 'touchstart']
  const onInput = () => {
    isMoved = true
  }
  for (const name of names) addEventListener(name, onInput, { passive: true })
  return {
    hasMoved: () => isMoved,
    end: () => {
      for (const name of names) removeEventListener(name, onInput)
    },
  }
}
