import { CoxswainError, defineTask, driftUnlessEmpty, flag, unknown, z } from '../../engine/index.ts'
import type { RemoteReader } from '../../engine/index.ts'
import { booleanIn, noSemanage, semanageList, semanagePackage } from './selinux-policy/semanage.ts'

const word = (value: boolean): string => (value ? 'on' : 'off')

/** @throws `task-failed` for a boolean that the policy does not have. */
const look = async (remote: RemoteReader, name: string) => {
  const lines = await semanageList(remote, ['boolean', '--list', '--noheading'])
  const found = lines && booleanIn(lines, name)
  if (lines !== undefined && found === undefined)
    throw new CoxswainError('task-failed', `the policy of SELinux does not have the boolean ${name}`, {
      hint: 'check its name with: semanage boolean --list',
    })
  return found
}

/** Sets a boolean of SELinux. */
export const selinuxBoolean = defineTask({
  name: 'selinux-boolean',
  description: 'Turns a boolean of the policy of SELinux on or off, now and at the next boot.',
  reads: 'semanage boolean --list',
  example: { name: 'httpd_can_network_connect', value: true },
  params: () =>
    z.object({
      name: z
        .string()
        .regex(/^\w+$/, 'must be the name of a boolean')
        .describe('the boolean, such as httpd_can_network_connect'),
      value: flag().describe('on or off'),
      persistent: flag().default(true).describe('whether it stays so after a reboot'),
    }),
  title: ({ name, value }) => `SELinux boolean ${name} ${word(value)}`,

  async check({ remote }, { name, value, persistent }) {
    const found = await look(remote, name)
    if (found === undefined) return unknown(noSemanage)
    return driftUnlessEmpty([
      ...(found.now === value ? [] : [{ what: `boolean ${name}`, from: word(found.now), to: word(value) }]),
      ...(persistent && found.kept !== value
        ? [{ what: `boolean ${name} at boot`, from: word(found.kept), to: word(value) }]
        : []),
    ])
  },

  async apply({ remote }, { name, value, persistent }) {
    if ((await look(remote, name)) === undefined)
      throw new CoxswainError('task-failed', 'semanage is not installed', { hint: semanagePackage })
    // all of the policy is written again
    await remote.run({ timeout: 300 })`setsebool ${[...(persistent ? ['-P'] : []), name, word(value)]}`
  },
})
