import type { ComponentChildren } from 'preact'

/** Says why there is nothing to see, and what to do about it. */
export function Notice({
  title,
  tone,
  children,
}: {
  readonly title: string
  readonly tone?: 'bad' | 'warning'
  readonly children?: ComponentChildren
}) {
  return (
    <div class="notice" data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <p class="notice-title">{title}</p>
      {children}
    </div>
  )
}

/** Stands where something will be. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="loading" role="status">
      Reading {what}…
    </p>
  )
}
