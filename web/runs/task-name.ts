/** A task without the words that all tasks share: what is left is what tells it. */
export function shortTask(task: string): string {
  return task.replace(/^tasks\.(?:examples\.)?(?=.)/, '')
}
