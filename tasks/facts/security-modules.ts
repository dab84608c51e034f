import { defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { pairsIn, textIn } from './reading/values.ts'

const modulesFile = shellFile(import.meta.url, 'security-modules.sh')

/** SELinux and AppArmor on a host. */
export interface SecurityModules {
  /** The modules that the kernel uses, such as `apparmor`; empty where it does not say. */
  readonly modules: readonly string[]
  readonly selinux: {
    /** What it does now. */
    readonly mode: 'enforcing' | 'permissive' | 'disabled'
    /** The mode at the next boot; undefined without a configuration. */
    readonly configured: string | undefined
    /** For example `targeted`. */
    readonly policy: string | undefined
  }
  readonly apparmor: {
    readonly enabled: boolean
  }
}

/** Parses what security-modules.sh prints. */
export const parseSecurityModules = (text: string): SecurityModules => {
  const pairs = pairsIn(text)
  const enforce = pairs.get('selinux')
  return {
    modules: (pairs.get('modules') ?? '').split(',').filter((name) => name !== ''),
    selinux: {
      mode: enforce === '1' ? 'enforcing' : enforce === '0' ? 'permissive' : 'disabled',
      configured: textIn(pairs.get('SELINUX')),
      policy: textIn(pairs.get('SELINUXTYPE')),
    },
    apparmor: { enabled: pairs.get('apparmor') === 'Y' },
  }
}

/** Reads the state of SELinux and AppArmor. */
export const securityModules = defineTask({
  name: 'security-modules',
  description:
    'Reads whether SELinux and AppArmor are in use, and the mode of SELinux, now and at the next boot.',
  reads: '/sys and /etc/selinux/config',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const label = 'read the security modules'
    return ok(parseSecurityModules(await remote.query({ label })`${shellProgram(modulesFile)}`.text()))
  },
})
