import type { TaskRef } from '../../run/events.ts'
import { oneLine, titledBy } from '../../report/text.ts'
import type { Ask } from '../../run/scope.ts'

/** The answers by their first letter. */
const answers: Readonly<Record<string, 'run' | 'skip' | 'go on'>> = { y: 'run', n: 'skip', c: 'go on' }

/**
 * `--step`: asks before each task on each host whether to run it. "Continue" runs it and all later tasks without asking.
 * After any other answer, it asks again.
 */
export const stepper = (ask: Ask): ((task: TaskRef) => Promise<boolean>) => {
  let free = false
  let before: Promise<unknown> = Promise.resolve()
  const askAbout = async (task: TaskRef): Promise<boolean> => {
    while (!free) {
      const typed = await ask(
        `${oneLine(task.host)}: ${oneLine(titledBy(task))}  run it? [y]es, [n]o, [c]ontinue`,
      )
      const answer = answers[typed.trim().toLowerCase().slice(0, 1)]
      if (answer === 'skip') return false
      if (answer === 'run') return true
      free = answer === 'go on'
    }
    return true
  }
  return (task) => {
    // one question at a time: the answer about one parallel task can make the next question unnecessary
    const answer = before.then(() => askAbout(task))
    before = answer.catch(() => {})
    return answer
  }
}
