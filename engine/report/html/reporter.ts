import { atEnd } from '../at-end.ts'
import { recorder } from '../record.ts'
import { handleAll, undrawn } from '../reporter.ts'
import type { Reporter, ReportOptions } from '../reporter.ts'
import { pageOf } from './page.ts'

/**
 * Makes the page of a run when it ends; also when it is cut short.
 *
 * @param options `write` keeps the page; it must not wait for anything, because a process that ends does not.
 */
export const htmlReporter = ({ write }: Pick<ReportOptions, 'write'>): Reporter => {
  const { see, run } = recorder()
  const finish = atEnd(() => write(pageOf(run())))
  return {
    handle: handleAll(see),
    note: () => {},
    suspend: undrawn,
    // a report that cannot be saved is told as a rejection
    close: async () => finish(),
  }
}
