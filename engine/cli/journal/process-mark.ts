import { readFileSync } from 'node:fs'

/**
 * Tells a process from all others that have, or had, its number: the boot, and when in it the process began
 * (`/proc/PID/stat`, field 22 of proc(5)). Numbers are used again: at once in a container, soon after a boot.
 *
 * @returns undefined when there is no such process, or the machine does not tell.
 */
export const processMark = (pid: number): string | undefined => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name of the program is in parentheses, and may hold anything
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // one that has ended, and that nobody has asked for yet, is none
    if (fields[0] === 'Z' || fields[0] === 'X') return `${boot} ended`
    return `${boot} ${fields[19] ?? ''}`
  } catch {
    return undefined
  }
}
