/**
 * Returns a function that calls `work` once. If it has not been called when the process exits, `work` runs then, so
 * that an aborted run still writes its report. `work` must be synchronous: an exiting process does not wait.
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
