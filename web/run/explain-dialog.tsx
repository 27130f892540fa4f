import { useEffect, useRef } from 'preact/hooks'
import { Loading, Notice } from '../shell/notice.tsx'
import { SectionView } from '../shell/section-view.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'

/** How a figure comes about, down to the lines of the ledger: what `sygra explain` says. */
export function ExplainDialog({
  source,
  run,
  figure,
  onClose,
}: {
  readonly source: Source
  readonly run: string
  readonly figure: string
  readonly onClose: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const { value, error } = useAnswer(() => source.explain(run, figure), [run, figure])
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="dialog wide" onClose={onClose} aria-labelledby="explain-title">
      <div class="dialog-head">
        <h2 id="explain-title">How it comes about</h2>
        <form method="dialog">
          <button type="submit" class="button">
            Close
          </button>
        </form>
      </div>
      {error === undefined ? null : <Notice title={error} tone="bad" />}
      {value === undefined && error === undefined ? <Loading what="the ledger" /> : null}
      {value?.map((section) => (
        <section key={section.title} aria-label={section.title ?? figure}>
          <h3>{section.title}</h3>
          <SectionView section={section} />
        </section>
      ))}
    </dialog>
  )
}
