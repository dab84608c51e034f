import { readFileSync } from 'node:fs'

/**
 * Identifies a process among all that have had its PID: the boot, and the start time of the process in it
 * (`/proc/PID/stat`, field 22 of proc(5)). PIDs are reused: immediately in a container, soon after a boot.
 *
 * @returns undefined if there is no such process, or without `/proc`.
 */
export const processMark = (pid: number): string | undefined => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name of the program is in parentheses and can contain any character
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // a zombie has ended
    if (fields[0] === 'Z' || fields[0] === 'X') return `${boot} ended`
    return `${boot} ${fields[19] ?? ''}`
  } catch {
    return undefined
  }
}
