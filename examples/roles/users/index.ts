/** A role: groups, accounts, their keys, and what they can do with sudo. */
import { defineRole } from 'coxswain'
import { fail, file, group, osRelease, packages, query, read, user } from 'coxswain/tasks'
import { accountSteps, rule, ruleFile } from './account.ts'
import { lockoutOf } from './lockout.ts'
import { params } from './params.ts'

export { params } from './params.ts'

/** Creates groups and accounts with their keys and rights, and removes accounts. */
export const users = defineRole({
  name: 'users',
  description:
    'Creates groups and accounts with their SSH keys and their rights with sudo, and removes accounts.',
  params,
  example: {
    groups: [{ name: 'admins', sudo: { password: false } }],
    users: [
      {
        name: 'ada',
        groups: ['admins'],
        keys: [
          'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcnwK0bVeZmLTTpyAAw3K1Zr9kbY/vvS1pgpkdqfdqY ada@example',
        ],
      },
    ],
    removed: ['carl'],
  },
  facts: {
    os: osRelease({}),
    passwd: read({ path: '/etc/passwd', as: 'lines' }),
    // the user that logs in, and not the one of become
    login: query(
      { run: 'id -un; cat ~/.ssh/authorized_keys 2>/dev/null || true' },
      { become: false, title: 'the user that logs in, and its keys' },
    ),
    rules: query({ run: 'ls /etc/sudoers.d 2>/dev/null || true' }, { title: 'files with rights' }),
  },
  tasks: (given, { os, passwd, login, rules }) => {
    const [name = '', ...keys] = login.lines
    const lockout = lockoutOf(given, {
      user: name,
      keys,
      hasRights: rules.lines.includes(ruleFile('user', name)),
    })
    if (lockout !== undefined) return [fail({ message: `${lockout}; with allowLockout the role does it` })]
    const shell = given.shell ?? (os.family.includes('alpine') ? '/bin/ash' : '/bin/bash')
    const rights = [...given.groups, ...given.users].some(({ sudo }) => sudo !== undefined)
    return [
      ...(given.installSudo && (rights || given.sudoDefaults.length > 0) ? [packages({ name: 'sudo' })] : []),
      ...given.groups.map((one) => group({ name: one.name, system: one.system, gid: one.gid })),
      ...given.users.flatMap((one) => accountSteps(one, given, { passwd, shell })),
      ...given.groups.map((one) => rule('group', one.name, one.sudo)),
      ...given.removed.flatMap((one) => [
        rule('user', one, undefined),
        user({ name: one, state: 'absent', removeHome: given.removeHomes }),
      ]),
      ...given.removedGroups.flatMap((one) => [
        rule('group', one, undefined),
        group({ name: one, state: 'absent' }),
      ]),
      ...(given.sudoDefaults.length === 0
        ? []
        : [
            file({
              path: '/etc/sudoers.d/00-defaults',
              content: given.sudoDefaults.map((line) => `Defaults ${line}\n`).join(''),
              owner: 'root',
              group: 'root',
              mode: '0440',
              validate: 'visudo -cf %s',
            }),
          ]),
    ]
  },
})
