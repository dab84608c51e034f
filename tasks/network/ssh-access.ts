import {
  CoxswainError,
  defineTask,
  drift,
  driftUnlessEmpty,
  hostSelector,
  ok,
  z,
} from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { accountOf } from '../system/account.ts'

/** Hold a key pair for a user, made on the host; the private half never leaves it. */
export const sshKey = defineTask({
  name: 'ssh-key',
  description: 'Holds an ed25519 key pair of a user, made on the host where there is none.',
  reads: "the key pair in the user's ~/.ssh",
  example: { user: 'root' },
  params: z.object({ user: z.string().default('root').describe('whose key it is') }),
  title: ({ user }) => `ssh key of ${user}`,

  async check(ctx, { user }) {
    const { home } = await accountOf(ctx, user)
    const path = `${home}/.ssh/id_ed25519`
    const [key, pub] = await Promise.all([ctx.remote.stat(path), ctx.remote.exists(`${path}.pub`)])
    if (key === undefined || !pub) return drift({ what: path, to: 'a key pair' })
    return driftUnlessEmpty(
      key.mode === '0600' ? [] : [{ what: `mode of ${path}`, from: key.mode, to: '0600' }],
    )
  },

  async apply(ctx, { user }) {
    const { home, group } = await accountOf(ctx, user)
    const path = `${home}/.ssh/id_ed25519`
    await ctx.remote.makeDirectory(`${home}/.ssh`, { owner: user, group, mode: '0700' })
    if (!(await ctx.remote.exists(path))) {
      await ctx.remote.run`ssh-keygen -q -t ed25519 -N '' -C ${`${user}@${ctx.host.name}`} -f ${path}`
    } else if (!(await ctx.remote.exists(`${path}.pub`))) {
      await ctx.remote.write(`${path}.pub`, `${await ctx.remote.query`ssh-keygen -y -f ${path}`.text()}\n`)
    }
    await ctx.remote.setAttributes(path, { owner: user, group, mode: '0600' })
    await ctx.remote.setAttributes(`${path}.pub`, { owner: user, group, mode: '0644' })
  },
})

/** The public host keys of a host, read on the host itself: nobody in between could have changed them. */
const hostKeysOf = async ({ remote, host }: CheckContext): Promise<string[]> => {
  const names = ((await remote.list('/etc/ssh')) ?? []).filter((name) => /^ssh_host_\w+_key\.pub$/.test(name))
  const texts = await Promise.all(names.map((name) => remote.read(`/etc/ssh/${name}`)))
  return texts.flatMap((text) => {
    const [type, key] = (text ?? '').split(' ')
    return type === undefined || key === undefined ? [] : [`${host.address} ${type} ${key}`]
  })
}

const missingLines = (text: string | undefined, lines: readonly string[]): string[] => {
  const there = new Set((text ?? '').split('\n').map((line) => line.split(' ').slice(0, 3).join(' ').trim()))
  return lines.filter((line) => !there.has(line.split(' ').slice(0, 3).join(' ')))
}

const appended = (text: string | undefined, lines: readonly string[]): string => {
  const before = text ?? ''
  return `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${lines.map((line) => `${line}\n`).join('')}`
}

/** Let a user of one host log in to this one by key, the host keys of this one known to it: ssh-copy-id, both ways safe. */
export const sshAccess = defineTask({
  name: 'ssh-access',
  description:
    'Lets a user of another host log in here by key, and makes the host keys of this host known there.',
  reads: 'authorized_keys here, the key and known_hosts there',
  example: { from: 'masters[0]' },
  params: z.object({
    from: hostSelector().describe('the host that logs in; ssh-key makes its key'),
    user: z.string().default('root').describe('the user, there and here'),
  }),
  title: ({ user }) => `${user} may log in from the other host`,

  async check(ctx, { from, user }) {
    const other = await ctx.on(from)
    if (other.host.name === ctx.host.name) return ok()
    const [here, there] = await Promise.all([accountOf(ctx, user), accountOf(other, user)])
    const [key, authorized, known, hostKeys] = await Promise.all([
      other.remote.read(`${there.home}/.ssh/id_ed25519.pub`),
      ctx.remote.read(`${here.home}/.ssh/authorized_keys`),
      other.remote.read(`${there.home}/.ssh/known_hosts`),
      hostKeysOf(ctx),
    ])
    const closed = key === undefined || missingLines(authorized, [key.trim()]).length > 0
    return driftUnlessEmpty([
      ...(closed
        ? [{ what: `${here.home}/.ssh/authorized_keys`, to: `the key of ${user} on ${other.host.name}` }]
        : []),
      ...missingLines(known, hostKeys).map((line) => ({
        what: `known_hosts on ${other.host.name}`,
        to: line,
      })),
    ])
  },

  async apply(ctx, { from, user }) {
    const other = await ctx.on(from)
    const [here, there] = await Promise.all([accountOf(ctx, user), accountOf(other, user)])
    const key = await other.remote.read(`${there.home}/.ssh/id_ed25519.pub`)
    if (key === undefined) {
      throw new CoxswainError('task-failed', `${user} has no key on ${other.host.name}`, {
        hint: 'ssh-key makes one: run it there first',
      })
    }
    const authorized = `${here.home}/.ssh/authorized_keys`
    const before = await ctx.remote.read(authorized)
    await ctx.remote.makeDirectory(`${here.home}/.ssh`, { owner: user, group: here.group, mode: '0700' })
    await ctx.remote.write(authorized, appended(before, missingLines(before, [key.trim()])), {
      owner: user,
      group: here.group,
      mode: '0600',
    })
    // several hosts may do this side by side: appending a line does not lose another's
    const known = `${there.home}/.ssh/known_hosts`
    const lines = missingLines(await other.remote.read(known), await hostKeysOf(ctx))
    if (lines.length > 0) {
      await other.remote.run({
        stdin: lines.map((line) => `${line}\n`).join(''),
      })`cat >>${known} && chown ${`${user}:${there.group}`} ${known}`
    }
  },
})
