import { CoxswainError, defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'

const environmentFile = shellFile(import.meta.url, 'environment.sh')

/** Variables of the shell itself, which say nothing of a login. */
const own: ReadonlySet<string> = new Set(['_', 'SHLVL', 'PWD', 'OLDPWD'])

/** Parses what environment.sh prints; undefined without an environment. */
export const parseEnvironment = (text: string): Readonly<Record<string, string>> | undefined => {
  const mark = '\nenvironment\n'
  const at = text.lastIndexOf(mark)
  if (at < 0) return undefined
  const digits = text.slice(at + mark.length).replaceAll(/[^\da-f]/g, '')
  const variables = Buffer.from(digits, 'hex').toString('utf8').split('\0')
  return Object.fromEntries(
    variables.flatMap((line) => {
      const cut = line.indexOf('=')
      const name = line.slice(0, Math.max(cut, 0))
      return cut > 0 && !own.has(name) ? [[name, line.slice(cut + 1)] as const] : []
    }),
  )
}

/** Reads the environment of a login. */
export const environment = defineTask({
  name: 'environment',
  description:
    'Reads the environment variables that a login shell of the acting user has; `become` says which user.',
  reads: 'a login shell, which reads /etc/profile and the files of the user',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const label = 'read the environment of a login'
    const value = parseEnvironment(await remote.query({ label })`${shellProgram(environmentFile)}`.text())
    if (value === undefined)
      throw new CoxswainError('task-failed', 'the login shell ended before it gave its environment')
    return ok(value)
  },
})
