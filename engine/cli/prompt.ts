import { Secret } from '../secret.ts'
import { CoxswainError } from '../errors.ts'

/** Keys that end, cancel or shorten what is typed at a hidden prompt. */
const keys = { enter: ['\r', '\n'], interrupt: '\u0003', end: '\u0004', erase: ['\u007f', '\b'] }

/**
 * Asks for a secret at the terminal; what is typed is not shown. Without a terminal, the first line of standard input
 * is taken.
 *
 * @throws `interrupted` for Ctrl-C, `secret-missing` when nothing comes.
 */
export const askSecret = async (question: string): Promise<Secret> => {
  const { stdin, stderr } = process
  stderr.write(`${question}: `)
  if (stdin.isTTY) stdin.setRawMode(true)
  let text = ''
  try {
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      for (const key of String(chunk)) {
        if (keys.enter.includes(key)) return new Secret(text)
        if (key === keys.interrupt) throw new CoxswainError('interrupted', 'interrupted at the prompt')
        if (key === keys.end) throw new CoxswainError('secret-missing', `no answer to: ${question}`)
        text = keys.erase.includes(key) ? text.slice(0, -1) : text + key
      }
    }
  } finally {
    if (stdin.isTTY) stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
  if (text !== '') return new Secret(text)
  throw new CoxswainError('secret-missing', `no answer to: ${question}`)
}
