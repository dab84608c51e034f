/** useradd, usermod and userdel. */
import type { UserTools } from './types.ts'
import { option } from './types.ts'

export const shadowUsers: UserTools = {
  add: async (remote, given, { allGroups }) => {
    // useradd refuses to create a group that exists
    const group = given.group ?? (allGroups.includes(given.name) ? given.name : undefined)
    await remote.run`useradd ${[
      ...(given.system ? ['-r'] : []),
      given.createHome ? '-m' : '-M',
      ...option('-u', given.uid),
      ...option('-g', group),
      ...option('-s', given.shell),
      ...option('-d', given.home),
      given.name,
    ]}`
  },

  modify: async (remote, given, { plan }) => {
    const options = [
      ...option('-u', plan.uid),
      ...option('-g', plan.group),
      ...option('-c', plan.comment),
      ...option('-d', plan.home),
      ...(plan.home !== undefined && given.moveHome ? ['-m'] : []),
      ...option('-s', plan.shell),
      ...option('-e', plan.expires === 'never' ? '' : plan.expires),
      ...option('-G', plan.groups?.join(',')),
    ]
    if (options.length > 0) await remote.run`usermod ${[...options, given.name]}`
    const { min, max, warn } = plan.ageing
    // -1 removes a limit (chage(1))
    const limit = (name: string, value: string | undefined) => option(name, value === '' ? '-1' : value)
    const limits = [...limit('-m', min), ...limit('-M', max), ...limit('-W', warn)]
    if (limits.length > 0) await remote.run`chage ${[...limits, given.name]}`
  },

  remove: async (remote, { name, removeHome }) => {
    await remote.run`userdel ${[...(removeHome ? ['-r'] : []), name]}`
  },
}
