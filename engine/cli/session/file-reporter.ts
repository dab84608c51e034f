import type { FileOutput } from '../../report/choose-outputs.ts'
import { outputs } from '../../report/outputs.ts'
import type { ReportOptions, Reporter } from '../../report/reporter.ts'
import type { Outlets } from '../outlets.ts'
import { lineFile, completeFile } from './report-file.ts'

/** The size of the output in a file, which does not depend on a terminal. */
const page = { color: false, width: 120, height: 50 }

interface FileReporterOptions extends Pick<ReportOptions, 'diff' | 'verbosity'> {
  /** Whether the run can be resumed; called when it has ended. */
  readonly resumable: () => boolean
}

/**
 * Creates a reporter that writes to a file.
 *
 * @throws `usage` for a file that cannot be written.
 */
export const fileReporter = async (
  { kind, file, detailed = false }: FileOutput,
  outlets: Outlets,
  { resumable, ...shown }: FileReporterOptions,
): Promise<Reporter> => {
  const { form, toFile, load } = outputs[kind]
  const create = await load()
  const make = (write: (text: string) => void): Reporter =>
    create({
      ...shown,
      ...page,
      verbosity: detailed ? Math.max(1, shown.verbosity) : shown.verbosity,
      write,
      get resumable() {
        return resumable()
      },
    })
  if (toFile === 'at end') {
    return make(outlets.through(form, completeFile(file)))
  }
  const lines = lineFile(file)
  const reporter = make(outlets.through(form, lines.write))
  return {
    ...reporter,
    close: async () => {
      await reporter.close()
      lines.close()
    },
  }
}
