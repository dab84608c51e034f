/** Shell text that cleans up however a script ends: dash and busybox run an EXIT trap only where the shell exits by itself. */

/**
 * Traps with which a script runs a command when it ends, also when it is asked to end (HUP, INT, TERM) or its reader is
 * gone (PIPE). While the command runs, none of these stops it.
 *
 * @param command shell text without single quotes.
 */
export const atEnd = (command: string): string =>
  `trap 'trap "" HUP INT TERM PIPE; ${command}' EXIT; trap 'exit 143' HUP INT TERM PIPE`

/** Takes back {@link atEnd}. */
export const notAtEnd = 'trap - EXIT HUP INT TERM PIPE'
