import * as assert from 'uvu/assert'
import { securityModules } from '../../../tasks/facts/security-modules.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('security-modules')

test('SELinux and AppArmor', async () => {
  assert.equal(
    await valueFrom(
      securityModules(),
      'modules=lockdown,selinux\nselinux=0\nSELINUX=enforcing\nSELINUXTYPE=targeted\n',
    ),
    {
      modules: ['lockdown', 'selinux'],
      selinux: { mode: 'permissive', configured: 'enforcing', policy: 'targeted' },
      apparmor: { enabled: false },
    },
  )
  assert.equal(Object(await valueFrom(securityModules(), 'apparmor=Y\n')).apparmor, { enabled: true })
})
