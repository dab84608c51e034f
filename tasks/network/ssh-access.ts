import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  hostSelector,
  ok,
  unknown,
  z,
} from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { appendToSshFile, editSshFile, readSshFile, userName } from '../system/accounts/as-user.ts'
import { appendLines, linesOf } from '../shared/lines.ts'
import { keyOf, pairOf } from './ssh-key.ts'

const pair = pairOf('ed25519')

const noSuchUser = (user: string, { host }: CheckContext): CoxswainError =>
  new CoxswainError('task-failed', `the user ${user} does not exist on ${host.name}`, {
    hint: 'create the user first, or set another one',
  })

const noKey = (user: string, { host }: CheckContext): CoxswainError =>
  new CoxswainError('task-failed', `${user} has no key on ${host.name}`, {
    hint: 'run the task ssh-key there first, which creates one',
  })

/** The public host keys of a host, read on the host itself: no one in between could have changed them. */
const hostKeysOf = async ({ remote, host }: CheckContext): Promise<string[]> => {
  const names = ((await remote.list('/etc/ssh')) ?? []).filter((name) => /^ssh_host_\w+_key\.pub$/.test(name))
  const texts = await Promise.all(names.map((name) => remote.read(`/etc/ssh/${name}`)))
  return texts.flatMap((text) => {
    const [type, key] = (text ?? '').split(' ')
    return type === undefined || key === undefined ? [] : [`${host.address} ${type} ${key}`]
  })
}

const missingLines = (text: string | undefined, lines: readonly string[]): string[] => {
  const there = new Set(linesOf(text).map((line) => line.split(' ').slice(0, 3).join(' ').trim()))
  return lines.filter((line) => !there.has(line.split(' ').slice(0, 3).join(' ')))
}

/** Lets a user of another host log in here by key, as ssh-copy-id does, and makes the host keys of this host known there. */
export const sshAccess = defineTask({
  name: 'ssh-access',
  description:
    'Lets a user of another host log in here by key, and makes the host keys of this host known there.',
  reads: 'authorized_keys here, the key and known_hosts there',
  example: { from: 'masters[0]' },
  params: () =>
    z.object({
      from: hostSelector().describe('the host that logs in; the task ssh-key creates its key'),
      user: userName().default('root').describe('the user, on both hosts'),
    }),
  title: ({ user }) => `${user} may log in from the other host`,

  async check(ctx, { from, user }) {
    const other = await ctx.on(from)
    if (other.host.name === ctx.host.name) return ok()
    const [key, authorized, known, hostKeys] = await Promise.all([
      readSshFile(other, user, `${pair}.pub`),
      readSshFile(ctx, user, 'authorized_keys'),
      readSshFile(other, user, 'known_hosts'),
      hostKeysOf(ctx),
    ])
    if (key === undefined || known === undefined)
      return unknown(`the user ${user} does not exist on ${other.host.name} yet`)
    if (authorized === undefined) return unknown(`the user ${user} does not exist yet`)
    if (key.text === undefined && !other.predicted(keyOf(user))) throw noKey(user, other)
    const closed = key.text === undefined || missingLines(authorized.text, [key.text.trim()]).length > 0
    return driftUnlessEmpty([
      ...(closed
        ? [{ what: `~${user}/.ssh/authorized_keys`, to: `the key of ${user} on ${other.host.name}` }]
        : []),
      ...missingLines(known.text, hostKeys).map((line) => ({
        what: `known_hosts on ${other.host.name}`,
        to: line,
      })),
    ])
  },

  async apply(ctx, { from, user }) {
    const other = await ctx.on(from)
    const [key, authorized, known, hostKeys] = await Promise.all([
      readSshFile(other, user, `${pair}.pub`),
      readSshFile(ctx, user, 'authorized_keys'),
      readSshFile(other, user, 'known_hosts'),
      hostKeysOf(ctx),
    ])
    if (key === undefined || known === undefined) throw noSuchUser(user, other)
    if (authorized === undefined) throw noSuchUser(user, ctx)
    if (key.text === undefined) throw noKey(user, other)
    const line = key.text.trim()
    await editSshFile(ctx, user, {
      name: 'authorized_keys',
      mode: '0600',
      before: authorized.text,
      edit: (text) => appendLines(text, missingLines(text, [line])),
    })
    // several hosts may do this side by side
    const lines = missingLines(known.text, hostKeys)
    if (lines.length > 0) await appendToSshFile(other, user, { name: 'known_hosts', lines })
  },
})
