import type { ComponentChildren } from 'preact'
import type { Answer } from '../source/use-answer.ts'

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

/**
 * What was asked for, once it is there; before that, that it is being read, or why it cannot be. Where it cannot be read
 * anew, that is said above what is known.
 */
export function Answered<Value>({
  answer: { value, error },
  what,
  children,
}: {
  readonly answer: Answer<Value>
  readonly what: string
  readonly children: (value: Value) => ComponentChildren
}) {
  const problem = error === undefined ? null : <Notice title={error} tone="bad" />
  if (value === undefined) return problem ?? <Loading what={what} />
  return (
    <>
      {problem}
      {children(value)}
    </>
  )
}
