import { atEnd } from '../at-end.ts'
import { recorder } from '../record.ts'
import { handleAll, suspendNothing } from '../reporter.ts'
import type { Reporter, ReportOptions } from '../reporter.ts'
import { pageOf } from './page.ts'

/**
 * Writes the page of a run when it ends or is aborted.
 *
 * @param options `write` saves the page; it must be synchronous, because an exiting process does not wait.
 */
export const htmlReporter = ({ write }: Pick<ReportOptions, 'write'>): Reporter => {
  const { see, run } = recorder()
  const finish = atEnd(() => write(pageOf(run())))
  return {
    handle: handleAll(see),
    note: () => {},
    suspend: suspendNothing,
    // async: a report that cannot be saved becomes a rejection
    close: async () => finish(),
  }
}
