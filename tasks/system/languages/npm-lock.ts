/** Lock files of npm: package-lock.json, and what npm 7 and newer keep in node_modules of what they installed. Pure. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { Change } from '../../../engine/index.ts'

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      peer: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
})

const packagesIn = (text: string, path: string): z.output<typeof lockFile>['packages'] => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  const found = lockFile.safeParse(json)
  if (found.success) return found.data.packages
  throw new CoxswainError('task-failed', `${path} does not have the layout of npm 7 or newer`, {
    hint: 'make it again with a newer npm: npm install --package-lock-only',
  })
}

/**
 * The packages of a lock file that are not installed with their version. Those that are optional can be missing; for production, those
 * for development must be.
 */
export const lockChanges = (
  folder: string,
  lock: string,
  installed: string | undefined,
  production: boolean,
): Change[] => {
  const there =
    installed === undefined ? {} : packagesIn(installed, `${folder}/node_modules/.package-lock.json`)
  return Object.entries(packagesIn(lock, `${folder}/package-lock.json`)).flatMap(
    ([path, wanted]): Change[] => {
      if (!path.startsWith('node_modules/') || wanted.link === true) return []
      const from = there[path]?.version
      const to = production && wanted.dev === true ? undefined : wanted.version
      if (from === to) return []
      if (from === undefined && (wanted.optional === true || wanted.devOptional === true)) return []
      return [{ what: `${path} in ${folder}`, from, to }]
    },
  )
}
