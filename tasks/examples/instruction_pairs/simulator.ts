import { answer as evolveAnswer } from '../evol_instruct/simulator.ts'

interface Request {
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[]
}

/** Judges by length; what the task within asks, its own answers say. */
export function answer(request: Request, context: { readonly seen: number }): string {
  const last = String(request.messages.at(-1)?.content ?? '')
  const [, response] = last.split('\n\nResponse: ')
  if (!last.startsWith('Instruction: ') || response === undefined) return evolveAnswer(request, context)
  const score = Math.min(10, 4 + Math.floor(response.length / 60))
  return JSON.stringify({ score, remark: score < 7 ? 'It stays on the surface.' : 'Nothing of weight.' })
}
