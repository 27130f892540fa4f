import { messageOf } from '../../errors.ts'
import { redactText } from '../../runtime/redact.ts'
import type { FromWorker, ToWorker, WorkerBegin } from '../messages.ts'
import type { WorkerChannel } from '../transport.ts'
import { doRecords } from '../worker/do-records.ts'
import { Hearing } from '../worker/hearing.ts'

/** The channel between a child process and its coordinator, which is its parent. */
function channelToParent(onBegin: (begin: WorkerBegin) => void): WorkerChannel {
  const hearing = new Hearing()
  process.on('message', (message: ToWorker) => {
    if (message.type === 'begin') onBegin(message.begin)
    else hearing.hear(message)
  })
  process.on('disconnect', () => {
    hearing.gone()
    // Where nothing has begun, there is nothing to be ended.
    if (!hearing.hasBegun) process.exit(0)
  })
  return {
    send: (message) =>
      new Promise((resolve, reject) => {
        if (process.send === undefined || !process.connected) reject(new Error('the coordinator is gone'))
        else process.send(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)))
      }),
    onMessage: hearing.onMessage,
    onGone: hearing.onGone,
    close: () => {
      if (process.connected) process.disconnect()
    },
  }
}

/** Makes this process a worker of its parent, until there is nothing to do any more. */
function workForParent(): void {
  // A terminal sends these to every process of the run: what they mean the coordinator decides.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  const channel = channelToParent((begin) => void work(begin))

  async function work(begin: WorkerBegin): Promise<void> {
    const say = (message: FromWorker) => channel.send(message).catch(() => {})
    const heartbeat = setInterval(() => void say({ type: 'alive' }), begin.heartbeatSeconds * 1000)
    try {
      const { ended } = await doRecords(begin, channel)
      await ended
    } catch (error) {
      await say({ type: 'failed', message: redactText(messageOf(error)) })
    }
    clearInterval(heartbeat)
    channel.close()
    // What a task has left open must not keep the process.
    process.exit(0)
  }
}

workForParent()
