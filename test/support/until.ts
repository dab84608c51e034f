/** Waits until something holds that no event tells of, such as a file that another process makes. */
export const until = async (holds: () => boolean | Promise<boolean>, seconds = 20): Promise<void> => {
  for (const end = Date.now() + seconds * 1000; !(await holds());) {
    if (Date.now() > end) throw new Error(`does not hold after ${seconds} s: ${String(holds)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
