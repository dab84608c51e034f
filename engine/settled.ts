/**
 * The result of code of a project. When nothing is left to do before its promise settles, it never does, and Node would end
 * the process: then the error of `fault` is thrown.
 *
 * @param work a promise, or the result itself.
 */
export const settled = <Value>(work: Value, fault: () => unknown): Promise<Awaited<Value>> =>
  new Promise((resolve, reject) => {
    const refuse = (): void => reject(fault())
    process.once('beforeExit', refuse)
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => process.off('beforeExit', refuse))
  })
