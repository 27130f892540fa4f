/**
 * Lets work of ours go on without being waited for. What fails in it is ours to bear: a promise that nobody handles would end
 * the program that is watched.
 */
export function inBackground(work: Promise<unknown> | undefined): void {
  work?.catch(() => {})
}
