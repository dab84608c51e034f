/**
 * Waits until something holds that no event reports, such as a file that another process makes.
 *
 * @param seconds the limit, which only something that never comes reaches.
 */
export const until = async (holds: () => boolean | Promise<boolean>, seconds = 150): Promise<void> => {
  for (const end = Date.now() + seconds * 1000; !(await holds());) {
    if (Date.now() > end) throw new Error(`timed out after ${seconds} s: ${String(holds)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
