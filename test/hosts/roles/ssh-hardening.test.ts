/** The role `ssh-hardening`, judged by `sshd -T` and by logins. */
import * as assert from 'uvu/assert'
import { sshHardening } from '../../../examples/roles/ssh-hardening/index.ts'
import { realHosts } from '../../support/real-host.ts'
import { roleHost } from '../../support/role-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('the role ssh-hardening on real hosts')
const byKey = { permitRootLogin: 'prohibit-password' } as const

for (const host of realHosts('services-debian', 'services-redhat', 'services-alpine')) {
  const { proves, refuses } = roleHost(host)
  const dropIn = '/etc/ssh/sshd_config.d/00-hardening.conf'
  const effective = (user = 'root') => host.sh(`sshd -T -C user=${user},host=localhost,addr=127.0.0.1`)
  const ssh = (words: string) =>
    `for n in 1 2 3 4 5; do ssh -o BatchMode=yes -o StrictHostKeyChecking=no -i ~/.ssh/id_ed25519 ${words} && exit 0; sleep 0.3; done; exit 1`

  test(`${host.name}: without a key, the login of the playbook would be lost, and nothing is written`, async () => {
    const message = await refuses(() => [sshHardening(byKey)], { checkToo: false })
    assert.match(
      message,
      'root, as whom the playbook logs in, could not log in any longer: it does not have a key',
    )
    assert.match(await refuses(() => [sshHardening({})]), 'permitRootLogin is no')
    await host.sh(`[ ! -e ${dropIn} ]`)
  })

  test(`${host.name}: keys only, current algorithms, and a login that works`, async () => {
    await host.sh(
      "mkdir -p -m 700 ~/.ssh; ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519; cat ~/.ssh/id_ed25519.pub >~/.ssh/authorized_keys; useradd -m ftp1; groupadd transfer; usermod -aG transfer ftp1",
    )
    await proves(() => [
      sshHardening({
        ...byKey,
        banner: 'For members only.\n',
        tcpForwarding: 'local',
        sftp: { group: 'transfer' },
        client: true,
        extra: { VersionAddendum: 'none' },
      }),
    ])
    const settings = await effective()
    for (const line of [
      'passwordauthentication no',
      'kbdinteractiveauthentication no',
      'permitemptypasswords no',
      'x11forwarding no',
      'allowtcpforwarding local',
      'maxauthtries 4',
      'loglevel VERBOSE',
      'banner /etc/ssh/banner',
    ])
      assert.ok(settings.split('\n').includes(line), line)
    assert.match(settings, /^permitrootlogin (?:prohibit-password|without-password)$/m)
    assert.not.match(settings, /^(?:ciphers|macs).*(?:cbc|sha1|md5)/m)
    assert.match(await effective('ftp1'), /^forcecommand internal-sftp -u 0027$/m)
    assert.is(await host.sh(ssh('root@localhost id -un 2>/dev/null')), 'root\n')
    await host.sh(
      '! ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o PubkeyAuthentication=no root@localhost true 2>/dev/null',
    )
  })

  test(`${host.name}: what sshd refuses is not written; a change reloads it, and the same login goes on`, async () => {
    const before = await host.sh(`cat ${dropIn}`)
    assert.match(
      await refuses(() => [sshHardening({ ...byKey, extra: { NoSuchSetting: 'yes' } })], { checkToo: false }),
      /NoSuchSetting/i,
    )
    assert.is(await host.sh(`cat ${dropIn}`), before)
    for (const wrong of [{ allowUsers: ['ada'] }, { denyGroups: ['roo*'] }, { pubkeyAuthentication: false }])
      assert.match(await refuses(() => [sshHardening({ ...byKey, ...wrong })]), 'could not log in any longer')
    await proves(() => [
      sshHardening({ ...byKey, allowUsers: ['root', 'ad?'], maxAuthTries: 3, ports: [22, 2222] }),
    ])
    assert.match(await effective(), /^maxauthtries 3$/m)
    assert.is(await host.sh(ssh('-p 2222 root@localhost id -un 2>/dev/null')), 'root\n')
  })

  test(`${host.name}: another file that sets something first is named, and one without drop-ins gets a block`, async () => {
    await host.sh(`echo 'X11Forwarding yes' >/etc/ssh/sshd_config.d/00-a.conf`)
    assert.match(
      await refuses(() => [sshHardening({ ...byKey, maxSessions: 5 })], { checkToo: false }),
      'because another file sets them: X11Forwarding is yes',
    )
    await host.sh(
      `rm /etc/ssh/sshd_config.d/*; printf 'PasswordAuthentication yes\\nMatch User backup\\n  X11Forwarding yes\\n' >/etc/ssh/sshd_config`,
    )
    await proves(() => [
      sshHardening({ ...byKey, matches: [{ criteria: 'User ada', settings: { MaxSessions: 1 } }] }),
    ])
    assert.match(await effective(), /^passwordauthentication no$/m)
    assert.match(await effective('ada'), /^maxsessions 1$/m)
    assert.match(await effective('backup'), /^x11forwarding yes$/m)
  })
}
