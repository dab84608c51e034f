/**
 * Waits for a condition that no event reports, such as a file that another process creates.
 *
 * @param seconds the time limit, which is reached only if the condition never becomes true.
 */
export const until = async (holds: () => boolean | Promise<boolean>, seconds = 150): Promise<void> => {
  for (const end = Date.now() + seconds * 1000; !(await holds());) {
    if (Date.now() > end) throw new Error(`timed out after ${seconds} s: ${String(holds)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
