import { CoxswainError, Secret, defineTask, drift, driftUnlessEmpty, ok } from '../../engine/index.ts'
import type { Change, CheckContext, Ok, RemoteReader, Verdict } from '../../engine/index.ts'
import { readText } from '../shared/file-text.ts'
import { plainPath } from '../shared/paths.ts'
import {
  groupEntries,
  hasPassword,
  passwdEntry,
  passwordField,
  shadowDay,
  shadowEntry,
  userOfId,
} from './accounts/account-files.ts'
import type { Ageing, PasswdEntry } from './accounts/account-files.ts'
import { busyboxUsers } from './user-tools/busybox.ts'
import { shadowUsers } from './user-tools/shadow.ts'
import { userParams } from './user-tools/params.ts'
import type { UserParams } from './user-tools/params.ts'
import type { Found, Plan } from './user-tools/types.ts'

/** Whether /etc/shadow is needed, which only root can read. */
const needsShadow = (given: UserParams): boolean =>
  [
    given.password,
    given.locked,
    given.expires,
    given.passwordMinDays,
    given.passwordMaxDays,
    given.passwordWarnDays,
  ].some((one) => one !== undefined)

const find = async (remote: RemoteReader, given: UserParams): Promise<Found> => {
  const [passwd, groups, shadow] = await Promise.all([
    readText(remote, '/etc/passwd'),
    readText(remote, '/etc/group'),
    needsShadow(given) ? readText(remote, '/etc/shadow') : undefined,
  ])
  const user = passwdEntry(passwd, given.name)
  const uid = given.uid?.toString()
  const taken = uid === undefined || uid === user?.uid ? undefined : userOfId(passwd, uid)
  const entries = groupEntries(groups)
  return {
    user,
    shadow: shadowEntry(shadow, given.name),
    primary: entries.find(({ gid }) => gid === user?.gid)?.name ?? user?.gid,
    groups: entries.filter(({ members }) => members.includes(given.name)).map(({ name }) => name),
    allGroups: entries.map(({ name }) => name),
    taken,
    allIds: entries.map(({ gid }) => gid),
  }
}

/** The wanted supplementary groups; undefined if they are already correct. */
const wantedGroups = ({ group, groups, exact }: UserParams, found: Found): string[] | undefined => {
  if (groups === undefined) return undefined
  const primary = group ?? found.primary
  const missing = groups.filter((name) => !found.groups.includes(name) && name !== primary)
  const surplus = exact ? found.groups.filter((name) => !groups.includes(name)) : []
  if (missing.length === 0 && surplus.length === 0) return undefined
  return [...found.groups.filter((name) => !surplus.includes(name)), ...missing]
}

const differing = (wanted: string | undefined, current: string | undefined): string | undefined =>
  wanted === undefined || wanted === current ? undefined : wanted

/** The same for paths: `/srv/x/` and `/srv//x` in the file are equal to the wanted path. */
const otherPlace = (wanted: string | undefined, current: string): string | undefined =>
  differing(wanted, plainPath(current))

/** The fields about the age of passwords that differ. `99999` in a file is the same as no limit. */
const ageingFor = (given: UserParams, found: Found): Partial<Ageing> => {
  const now = found.shadow?.ageing ?? { min: '', max: '', warn: '' }
  const field = (wanted: number | 'never' | undefined, current: string, none: string): string | undefined => {
    if (wanted === undefined) return undefined
    const text = wanted === 'never' ? '' : String(wanted)
    const isNone = current === '' || current === none
    return text === current || (text === '' && isNone) ? undefined : text
  }
  const all = {
    min: field(given.passwordMinDays, now.min, '0'),
    max: field(given.passwordMaxDays, now.max, '99999'),
    warn: field(given.passwordWarnDays, now.warn, '0'),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** The changes to make to an existing user. */
const planFor = (given: UserParams, found: Found, user: PasswdEntry): Plan => {
  const field = found.shadow?.password ?? '!'
  // a run can end after the user was created, and before it got its password
  const wanted = given.updatePassword === 'always' || !hasPassword(field) ? given.password : undefined
  const password = passwordField(field, { hash: wanted?.reveal(), locked: given.locked })
  const group = differing(given.group, found.primary)
  return {
    uid: differing(given.uid?.toString(), user.uid),
    // the group can be given by its ID
    group: group === user.gid ? undefined : group,
    comment: differing(given.comment, user.comment),
    home: otherPlace(given.home, user.home),
    shell: otherPlace(given.shell, user.shell),
    expires:
      given.expires !== undefined && shadowDay(given.expires) !== (found.shadow?.expires ?? '')
        ? given.expires
        : undefined,
    ageing: ageingFor(given, found),
    groups: wantedGroups(given, found),
    password: password === field ? undefined : new Secret(password),
  }
}

const noLimit = (field: string | undefined): string | undefined => (field === '' ? 'none' : field)

const changesOf = (given: UserParams, found: Found, user: PasswdEntry): Change[] => {
  const plan = planFor(given, found, user)
  const of = (what: string): string => `${what} of ${given.name}`
  const day = found.shadow?.expires ?? ''
  const pairs: (readonly [string, Change['from'], Change['to']])[] = [
    ['uid', user.uid, plan.uid],
    ['group', found.primary, plan.group],
    ['comment', user.comment, plan.comment],
    ['home', user.home, plan.home],
    ['shell', user.shell, plan.shell],
    ['groups', found.groups.join(', '), plan.groups?.join(', ')],
    [
      'expiry',
      day === '' ? 'never' : new Date(Number(day) * 86_400_000).toISOString().slice(0, 10),
      plan.expires,
    ],
    ['fewest days of a password', found.shadow?.ageing.min || 'none', noLimit(plan.ageing.min)],
    ['most days of a password', found.shadow?.ageing.max || 'none', noLimit(plan.ageing.max)],
    ['days of warning', found.shadow?.ageing.warn || 'none', noLimit(plan.ageing.warn)],
    ['password', new Secret(found.shadow?.password ?? ''), plan.password],
  ]
  return pairs.flatMap(([what, from, to]) => (to === undefined ? [] : [{ what: of(what), from, to }]))
}

/**
 * Refuses an ID of another user, and groups that do not exist: with a missing group, the tools could create the user before
 * they fail.
 *
 * @throws `task-failed` with the first of them.
 */
const refuseImpossible = async (
  { remote, predicted }: CheckContext,
  { name, uid, group, groups = [], state }: UserParams,
  { user: there, taken, allGroups, allIds }: Found,
): Promise<void> => {
  if (state === 'absent') return
  if (taken !== undefined)
    throw new CoxswainError('task-failed', `uid ${uid} belongs to the user ${taken}`, {
      hint: 'set another uid, or change that user first',
    })
  const own = there === undefined && group === undefined ? [name] : []
  const known = new Set([...allGroups, ...own])
  const primary = group === undefined || allIds.includes(group) ? [] : [group]
  for (const one of [...primary, ...groups]) {
    if (known.has(one) || predicted(`the group ${one}`)) continue
    // a group of a directory service
    if (await remote.query`getent group ${one}`.succeeds()) continue
    throw new CoxswainError('task-failed', `the group ${one} does not exist`, {
      hint: 'create the group first, with the task group, or set another one',
    })
  }
}

/** A user as it is after the task. */
export interface UserAccount {
  readonly name: string
  readonly uid: number
  /** The ID of its primary group. */
  readonly gid: number
  readonly home: string
  readonly shell: string
}

const accountOf = ({ name, uid, gid, home, shell }: PasswdEntry): UserAccount => ({
  name,
  uid: Number(uid),
  gid: Number(gid),
  home,
  shell,
})

/** Creates, changes or removes a local user. */
export const user = defineTask({
  name: 'user',
  description:
    'Creates a user, or changes its groups, shell, home directory, password hash and the age of its password, or removes it.',
  reads: '/etc/passwd, /etc/group; /etc/shadow if password, locked, expires or a number of days is set',
  example: { name: 'deploy', groups: ['www-data'], shell: '/bin/sh' },
  params: userParams,
  title: ({ name, state }) => (state === 'absent' ? `no user ${name}` : `user ${name}`),
  // unless another group is set, a new user gets a group with the same name
  makes: ({ name, group = name, state }) =>
    state === 'absent' ? [] : [`the user ${name}`, ...(group === name ? [`the group ${name}`] : [])],

  async check(ctx, given): Promise<Verdict<UserAccount | void>> {
    const { remote, absent } = ctx
    const found = await find(remote, given)
    await refuseImpossible(ctx, given, found)
    const what = `user ${given.name}`
    if (found.user === undefined) absent(`the user ${given.name}`)
    if (given.state === 'absent')
      return driftUnlessEmpty(found.user ? [{ what, from: `uid ${found.user.uid}` }] : [])
    if (found.user === undefined)
      return driftUnlessEmpty([{ what, to: given.uid === undefined ? 'present' : `uid ${given.uid}` }])
    const changes = changesOf(given, found, found.user)
    return changes.length === 0 ? ok(accountOf(found.user)) : drift(...changes)
  },

  // its value is that of the check after it
  async apply(ctx, given): Promise<Ok<UserAccount> | undefined> {
    const { remote } = ctx
    const tools = (await remote.query`command -v useradd`.succeeds()) ? shadowUsers : busyboxUsers
    if (given.state === 'absent') {
      await tools.remove(remote, given)
      return undefined
    }
    const before = await find(remote, given)
    await refuseImpossible(ctx, given, before)
    if (before.user === undefined) await tools.add(remote, given, before)
    const found = before.user === undefined ? await find(remote, given) : before
    if (found.user === undefined) return undefined
    const plan = planFor(given, found, found.user)
    await tools.modify(remote, given, { found, user: found.user, plan })
    if (plan.password !== undefined)
      await remote.run({
        stdin: new Secret(`${given.name}:${plan.password.reveal()}\n`),
        quiet: true,
      })`chpasswd -e`
    return undefined
  },
})
