/** adduser, addgroup and deluser of busybox. It does not have a tool that changes a user, so its files are edited. */
import { CoxswainError } from '../../../engine/index.ts'
import type { Remote } from '../../../engine/index.ts'
import { readText } from '../../shared/file-text.ts'
import { groupEntries, passwdEntry, shadowDay, withFields } from '../accounts/account-files.ts'
import { editAccountFile } from './edit-account-file.ts'
import type { UserParams } from './params.ts'
import type { UserTools, Work } from './types.ts'
import { option } from './types.ts'

const gidOf = async (remote: Remote, group: string): Promise<string> => {
  const found = groupEntries(await readText(remote, '/etc/group')).find(
    ({ name, gid }) => name === group || gid === group,
  )
  if (found !== undefined) return found.gid
  throw new CoxswainError('task-failed', `the group ${group} does not exist`, {
    hint: 'create the group first',
  })
}

const editPasswd = async (remote: Remote, name: string, plan: Work['plan']): Promise<void> => {
  const { uid, group, comment, home, shell } = plan
  if ([uid, group, comment, home, shell].every((field) => field === undefined)) return
  const gid = group === undefined ? undefined : await gidOf(remote, group)
  await editAccountFile(remote, '/etc/passwd', (text) =>
    withFields(text, name, { 2: uid, 3: gid, 4: comment, 5: home, 6: shell }),
  )
}

const editGroups = async (remote: Remote, name: string, { found, plan }: Work): Promise<void> => {
  const { groups } = plan
  if (groups === undefined) return
  // one after the other, because each of them rewrites the same file
  for (const group of groups.filter((one) => !found.groups.includes(one))) {
    await remote.run`addgroup ${name} ${group}`
  }
  for (const group of found.groups.filter((one) => !groups.includes(one))) {
    await remote.run`delgroup ${name} ${group}`
  }
}

const moveHome = async (
  remote: Remote,
  { moveHome: move }: UserParams,
  { user, plan }: Work,
): Promise<void> => {
  if (move && plan.home !== undefined)
    await remote.run({
      label: `mv ${user.home} ${plan.home}`,
    })`if [ -d ${user.home} ] && [ ! -e ${plan.home} ]; then mv ${user.home} ${plan.home}; fi`
  if (plan.uid === undefined) return
  const home = (move && plan.home) || user.home
  // as usermod does: files in the home stay owned by the user
  const stat = await remote.stat(home, { follow: true })
  if (stat?.type === 'directory')
    await remote.giveBelow(home, { from: Number(user.uid), to: Number(plan.uid) })
}

/** Removes a home as userdel does, only if it belongs to the user. deluser would follow paths that the user can change. */
const removeHomeOf = async (remote: Remote, name: string): Promise<void> => {
  const user = passwdEntry(await readText(remote, '/etc/passwd'), name)
  if (user === undefined) return
  const stat = await remote.stat(user.home)
  if (stat?.type === 'directory' && stat.uid === Number(user.uid))
    await remote.remove(user.home, { recursive: true })
}

export const busyboxUsers: UserTools = {
  add: async (remote, given, { allGroups, allIds }) => {
    // a system user would get the group `nogroup`, which not every host has
    const ownGroup = given.group === undefined && given.system && !allGroups.includes(given.name)
    if (ownGroup) await remote.run`addgroup -S ${given.name}`
    const named = allGroups.includes(given.group ?? '')
      ? given.group
      : (allGroups[allIds.indexOf(given.group ?? '')] ?? given.group)
    // adduser accepts a group by name only
    const group = named ?? (ownGroup || allGroups.includes(given.name) ? given.name : undefined)
    await remote.run`adduser ${[
      '-D',
      ...(given.system ? ['-S'] : []),
      ...(given.createHome ? [] : ['-H']),
      ...option('-u', given.uid),
      ...option('-G', group),
      ...option('-s', given.shell),
      ...option('-h', given.home),
      ...option('-g', given.comment),
      given.name,
    ]}`
  },

  modify: async (remote, given, work) => {
    const { name } = given
    // /etc/passwd comes last, so that an interrupted change is not reported as complete
    await moveHome(remote, given, work)
    await editPasswd(remote, name, work.plan)
    await editGroups(remote, name, work)
    const { expires, ageing } = work.plan
    const fields = {
      3: ageing.min,
      4: ageing.max,
      5: ageing.warn,
      7: expires === undefined ? undefined : shadowDay(expires),
    }
    if (Object.values(fields).every((field) => field === undefined)) return
    await editAccountFile(remote, '/etc/shadow', (text) => withFields(text, name, fields))
  },

  remove: async (remote, { name, removeHome }) => {
    if (removeHome) await removeHomeOf(remote, name)
    await remote.run`deluser ${name}`
  },
}
