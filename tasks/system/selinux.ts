import { CoxswainError, defineTask, drift, ok, unknown, z } from '../../engine/index.ts'
import type { Change } from '../../engine/index.ts'
import { securityModules } from '../facts/security-modules.ts'
import { readText, writeText } from '../shared/file-text.ts'
import { appendLines, linesOf, mapLines } from '../shared/lines.ts'

const file = '/etc/selinux/config'

const params = () =>
  z.object({
    state: z
      .enum(['enforcing', 'permissive', 'disabled'])
      .describe(
        'the state; from or to disabled it takes a reboot, for which the value of the task says rebootRequired',
      ),
    policy: z
      .string()
      .regex(/^[\w-]+$/, 'must be the name of a policy, such as targeted')
      .optional()
      .describe('the policy at the next boot, such as targeted; unchanged by default'),
  })
type Params = z.output<ReturnType<typeof params>>

const valueIn = (line: string, key: string): string | undefined => {
  const [, found, value] = /^\s*(\w+)=(.*?)\s*$/.exec(line) ?? []
  return found === key ? value : undefined
}

const kept = (text: string | undefined, key: string): string | undefined =>
  linesOf(text)
    .map((line) => valueIn(line, key))
    .findLast((value) => value !== undefined)

/** The configuration with the state and the policy. Other lines stay. */
export const withSelinux = (text: string, { state, policy }: Params): string => {
  const set = (before: string, key: string, value: string): string => {
    if (kept(before, key) === value) return before
    if (kept(before, key) === undefined) return appendLines(before, [`${key}=${value}`])
    return mapLines(before, (line) => [
      valueIn(line, key) === undefined ? line : line.replace(/^(\s*\w+=).*?(\s*)$/, `$1${value}$2`),
    ])
  }
  const withState = set(text, 'SELINUX', state)
  return policy === undefined ? withState : set(withState, 'SELINUXTYPE', policy)
}

/** Sets the state of SELinux, now and at the next boot. */
export const selinux = defineTask({
  name: 'selinux',
  description:
    'Sets whether SELinux enforces its policy, now and at the next boot. Only a reboot turns it on or off; the value says if one is needed.',
  reads: '/sys/fs/selinux/enforce and /etc/selinux/config',
  example: { state: 'enforcing', policy: 'targeted' },
  params,
  title: ({ state }) => `SELinux ${state}`,

  async check(ctx, given) {
    const { state, policy } = given
    const [{ selinux: live }, text] = await Promise.all([
      ctx.fact(securityModules()),
      readText(ctx.remote, file),
    ])
    if (text === undefined)
      return state === 'disabled' && live.mode === 'disabled'
        ? ok({ rebootRequired: false })
        : unknown(`${file} does not exist`)
    const rebootRequired = (live.mode === 'disabled') !== (state === 'disabled')
    const changes: Change[] = [
      ...(rebootRequired || live.mode === state ? [] : [{ what: 'SELinux', from: live.mode, to: state }]),
      ...(kept(text, 'SELINUX') === state
        ? []
        : [{ what: `SELINUX in ${file}`, from: kept(text, 'SELINUX'), to: state }]),
      ...(policy === undefined || kept(text, 'SELINUXTYPE') === policy
        ? []
        : [{ what: `SELINUXTYPE in ${file}`, from: kept(text, 'SELINUXTYPE'), to: policy }]),
    ]
    return changes.length === 0 ? ok({ rebootRequired }) : drift(...changes)
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { state } = given
    const text = await readText(remote, file)
    if (text === undefined)
      throw new CoxswainError('task-failed', `${file} does not exist: the host does not have SELinux`, {
        hint: 'install a policy first, such as selinux-policy-targeted',
      })
    const { selinux: live } = await ctx.fact(securityModules())
    const rebootRequired = (live.mode === 'disabled') !== (state === 'disabled')
    if (!rebootRequired && live.mode !== state) await remote.run`setenforce ${state === 'enforcing' ? 1 : 0}`
    await writeText(remote, file, withSelinux(text, given))
    if (rebootRequired) ctx.log(`SELinux is ${state} from the next boot`)
    return ok({ rebootRequired })
  },
})
