import type { ComponentChildren } from 'preact'

/** A part of a page with its title. */
export function SectionCard({
  id,
  title,
  note,
  actions,
  isWide,
  children,
}: {
  readonly id?: string
  readonly title: string
  readonly note?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly isWide?: boolean
  readonly children: ComponentChildren
}) {
  return (
    <section class="card" id={id} data-wide={isWide} aria-label={title}>
      <header class="card-header">
        <h2>{title}</h2>
        {note === undefined ? null : <span class="card-note">{note}</span>}
        {actions === undefined ? null : <span class="card-actions">{actions}</span>}
      </header>
      {children}
    </section>
  )
}
