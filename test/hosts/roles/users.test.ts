/** The role `users`, judged by id, visudo, sudo and sshd's own reading of keys. */
import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/secret.ts'
import { users } from '../../../examples/roles/users/index.ts'
import { realHosts } from '../../support/real-host.ts'
import { roleHost } from '../../support/role-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('the role users on real hosts')

const [one, two, three] = [
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcnwK0bVeZmLTTpyAAw3K1Zr9kbY/vvS1pgpkdqfdqY one@example',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKq8YXv3OQ2i2yA3wvZQ1DwG6jbM3r6lYm6uKyd0h7cH two@example',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3mWlZ0n0v3v2c0n1m2x6k6yq1z3n5b7d9f1h3j5l7N three@example',
]

for (const host of realHosts('services-debian', 'services-redhat', 'services-alpine')) {
  const { proves, refuses } = roleHost(host)
  const keys = (user: string) =>
    host.sh(`cat ~${user}/.ssh/authorized_keys; stat -c '%a %U' ~${user}/.ssh ~${user}/.ssh/authorized_keys`)

  test(`${host.name}: groups, accounts, keys and rights`, async () => {
    await host.sh('useradd -m carl; useradd -m dora; groupadd old')
    const steps = () => [
      users({
        groups: [{ name: 'admins', gid: 4000, sudo: { password: false } }, { name: 'audit' }],
        users: [
          {
            name: 'ada',
            comment: 'Ada L.',
            uid: 4001,
            groups: ['admins'],
            keys: [one, `restrict ${two}`],
            profile: 'umask 027\n',
            homeMode: '0700',
            generateKey: true,
            password: new Secret(
              '$6$abcdefgh$h8vD1nJ3mG4L8sX0zQ5gq4l5v1m2n3b4v5c6x7z8a9s0d1f2g3h4j5k6l7q8w9e0r1t2y3u4i5o6p7a8s9d0f1',
            ),
            locked: false,
          },
          {
            name: 'ben.b',
            shell: '/bin/sh',
            sudo: { commands: ['/usr/bin/id -u'], password: false, runAs: ['ada'] },
            keys: [three],
          },
        ],
        userGroups: ['audit'],
        removed: ['carl'],
        removeHomes: true,
        removedGroups: ['old'],
        sudoDefaults: ['timestamp_timeout=5'],
      }),
    ]
    await proves(steps)
    assert.match(await host.sh('id ada'), /^uid=4001\(ada\).*4000\(admins\)/)
    assert.match(await host.sh('id ben.b'), 'audit')
    await host.sh('visudo -c')
    assert.is(await host.sh('su ada -s /bin/sh -c "sudo -n id -u"'), '0\n')
    assert.is(await host.sh('su ben.b -c "sudo -n -u ada /usr/bin/id -u"'), '4001\n')
    await host.sh('! su ben.b -c "sudo -n /usr/bin/id -u" 2>/dev/null')
    assert.is(await keys('ada'), `${one}\nrestrict ${two}\n700 ada\n600 ada\n`)
    assert.match(
      await host.sh("stat -c '%a %U' ~ada; cat ~ada/.profile; ls ~ada/.ssh"),
      /^700 ada\numask 027\n[^]*id_ed25519\n/,
    )
    await host.sh('! id carl 2>/dev/null; [ ! -e /home/carl ]; id dora; ! getent group old')
  })

  test(`${host.name}: exclusive keys, a password that stays, and rights that go`, async () => {
    const steps = () => [
      users({
        users: [
          {
            name: 'ada',
            keys: [two],
            exclusiveKeys: true,
            password: new Secret('*'),
            updatePassword: 'on-create',
          },
          { name: 'ben.b' },
        ],
      }),
    ]
    await proves(steps)
    assert.is(await keys('ada'), `${two}\n700 ada\n600 ada\n`)
    assert.match(await host.sh('grep ^ada: /etc/shadow'), /^ada:\$6\$abcdefgh/)
    await host.sh('! su ben.b -s /bin/sh -c "sudo -n -u ada /usr/bin/id -u" 2>/dev/null')
  })

  test(`${host.name}: the user that logs in is not removed, and keeps a key`, async () => {
    assert.match(
      await refuses(() => [users({ removed: ['root'] })]),
      'root, as whom the playbook logs in, would be removed',
    )
    const asDora = { user: 'dora' }
    assert.match(
      await refuses(() => [users({ removed: ['dora'] })], asDora),
      'dora, as whom the playbook logs in',
    )
    await host.sh(
      `mkdir -m 700 -p ~dora/.ssh; echo '${one}' >~dora/.ssh/authorized_keys; chown -R dora: ~dora`,
    )
    const swap = () => [users({ users: [{ name: 'dora', keys: [two], exclusiveKeys: true }] })]
    assert.match(
      await refuses(swap, asDora),
      'dora, as whom the playbook logs in, would lose all of its present keys',
    )
    assert.match(await host.sh('cat ~dora/.ssh/authorized_keys'), one)
  })

  test(`${host.name}: a rule that sudo would refuse is not written`, async () => {
    await refuses(() => [users({ sudoDefaults: ['no_such_setting_at_all=1 ='] })], { checkToo: false })
    await host.sh('visudo -c')
  })
}
