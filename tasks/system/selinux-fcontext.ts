import { CoxswainError, defineTask, driftUnlessEmpty, unknown, z } from '../../engine/index.ts'
import type { RemoteReader } from '../../engine/index.ts'
import {
  fileKinds,
  fileRulesIn,
  noSemanage,
  semanageList,
  semanagePackage,
} from './selinux-policy/semanage.ts'

const name = (what: string) => z.string().regex(/^[\w.:,-]+$/, `must be ${what} of SELinux`)

const params = () =>
  z
    .object({
      target: z
        .string()
        .regex(/^\/[^\p{Cc}]*$/u, "must begin with /, such as '/srv/www(/.*)?'")
        .describe("the paths, as a regular expression of SELinux, such as '/srv/www(/.*)?'"),
      type: name('a type').optional().describe('the type, such as httpd_sys_content_t'),
      files: z
        .enum(['a', 'f', 'd', 'c', 'b', 's', 'l', 'p'])
        .default('a')
        .describe(
          'which files: a all, f regular files, d directories, c and b devices, s sockets, l links, p pipes',
        ),
      user: name('a user').optional().describe('the user of SELinux; by default that of semanage'),
      level: name('a level').optional().describe('the level, such as s0; by default that of semanage'),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe('absent removes what was added to the policy of the distribution'),
    })
    .refine(({ type, state }) => type !== undefined || state === 'absent', {
      message: 'a type is needed',
      path: ['type'],
    })
type Params = z.output<ReturnType<typeof params>>

interface Found {
  /** The context that was added on this host. */
  readonly own: string | undefined
  /** The context in the policy or in what was added. */
  readonly context: string | undefined
}

const look = async (remote: RemoteReader, { target, files }: Params): Promise<Found | undefined> => {
  const list = ['fcontext', '--list', '--noheading']
  const contextIn = (lines: readonly string[]): string | undefined =>
    fileRulesIn(lines).find((one) => one.target === target && one.kind === fileKinds[files])?.context
  const added = await semanageList(remote, [...list, '--locallist'])
  if (added === undefined) return undefined
  const own = contextIn(added)
  // the policy has thousands
  return { own, context: own ?? contextIn((await semanageList(remote, list)) ?? []) }
}

/** Whether a context has the parts that are given. */
const fits = (context: string | undefined, { type, user, level }: Params): boolean => {
  const [itsUser, , itsType, ...itsLevel] = (context ?? '').split(':')
  return (
    itsType === type &&
    (user === undefined || user === itsUser) &&
    (level === undefined || level === itsLevel.join(':'))
  )
}

/** Says which type of SELinux the files of a path have. */
export const selinuxFcontext = defineTask({
  name: 'selinux-fcontext',
  description:
    'Says which type of SELinux the files of a path have. Files that exist get it from restorecon: notify a handler with the task command.',
  reads: 'semanage fcontext --list',
  example: { target: '/srv/www(/.*)?', type: 'httpd_sys_content_t' },
  params,
  title: ({ target, type, state }) =>
    state === 'absent' ? `no SELinux type of ${target}` : `SELinux ${target}: ${type}`,

  async check({ remote }, given) {
    const { target, type, user, level, state } = given
    const found = await look(remote, given)
    if (found === undefined) return unknown(noSemanage)
    const what = `context of ${target}`
    if (state === 'absent')
      return driftUnlessEmpty(found.own === undefined ? [] : [{ what, from: found.own, to: undefined }])
    const to = [user, type, level].filter((part) => part !== undefined).join(':')
    return driftUnlessEmpty(fits(found.context, given) ? [] : [{ what, from: found.context, to }])
  },

  async apply({ remote }, given) {
    const { target, type, files, user, level, state } = given
    const found = await look(remote, given)
    if (found === undefined)
      throw new CoxswainError('task-failed', 'semanage is not installed', { hint: semanagePackage })
    const how =
      state === 'absent' || type === undefined
        ? ['--delete']
        : [
            found.context === undefined ? '--add' : '--modify',
            '--type',
            type,
            ...(user === undefined ? [] : ['--seuser', user]),
            ...(level === undefined ? [] : ['--range', level]),
          ]
    await remote.run({ timeout: 300 })`semanage fcontext ${[...how, '--ftype', files, target]}`
  },
})
