import { useEffect, useRef } from 'preact/hooks'

const keys: readonly (readonly [key: string, what: string])[] = [
  ['/', 'search: runs, or the records of a run'],
  ['j  k', 'next, previous: run or record'],
  ['Enter', 'open it'],
  ['x', 'select a run'],
  ['c', 'compare: the selected runs, or a run with the one before'],
  ['Esc', 'close the record, or take the last filter off'],
  ['1 … 9', 'the sections of a run'],
  ['+  −', 'zoom the timeline in and out, when it has the focus'],
  ['←  →  0', 'move the timeline, show all of it'],
  ['?', 'this list'],
]

/** What the keyboard does. */
export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="dialog" onClose={onClose} aria-labelledby="keys-title">
      <h2 id="keys-title">Keyboard</h2>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" class="button">
          Close
        </button>
      </form>
    </dialog>
  )
}
