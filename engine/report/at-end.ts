/**
 * Something to do once: when it is asked for, or else when the process ends without having asked, so that a run that is
 * left in a hurry still leaves its report. It must not wait for anything: a process that ends waits for nothing.
 *
 * @example
 * const finish = atEnd(() => write(report()))
 * finish()
 */
export const atEnd = (work: () => void): (() => void) => {
  let done = false
  const finish = (): void => {
    process.off('exit', finish)
    if (done) return
    done = true
    work()
  }
  process.once('exit', finish)
  return finish
}
