import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/index.ts'
import { group } from '../../../tasks/system/group.ts'
import { user } from '../../../tasks/system/user.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('user and group on real hosts')

const hash = '$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.'

const hosts = realHosts('debian', 'busybox')

for (const host of hosts) {
  const shadow = (field: number) => host.sh(`grep ^anna: /etc/shadow | cut -d: -f${field}`)

  test(`${host.name}: a group is created, gets another ID, and is removed`, async () => {
    await host.proves(group({ name: 'crew', gid: 1500 }))
    await host.proves(group({ name: 'crew', gid: 1501 }))
    await host.proves(group({ name: 'daemons', system: true }))
    assert.is(await host.sh('grep ^crew: /etc/group'), 'crew:x:1501:\n')
    await host.proves(group({ name: 'crew', state: 'absent' }))
    await host.finds(group({ name: 'crew', state: 'absent' }))
  })

  test(`${host.name}: a user is created with all attributes`, async () => {
    await host.sh('mkdir -p /srv')
    await host.proves(group({ name: 'team', gid: 1600 }))
    await host.proves(
      user({
        name: 'anna',
        uid: 1700,
        group: 'team',
        groups: ['users'],
        comment: 'Anna B.',
        shell: '/bin/sh',
        home: '/srv/anna',
        password: new Secret(hash),
        expires: '2030-12-31',
      }),
    )
    assert.is(await host.sh('grep ^anna: /etc/passwd'), 'anna:x:1700:1600:Anna B.:/srv/anna:/bin/sh\n')
    assert.is(await host.sh('stat -c %U /srv/anna; id -Gn anna'), 'anna\nteam users\n')
    assert.is(await shadow(2), `${hash}\n`)
    assert.is(await shadow(8), '22279\n')
  })

  test(`${host.name}: a password that was changed stays with on-create, and its age has limits`, async () => {
    const other = new Secret(hash.replace('salt', 'pepper'))
    await host.finds(user({ name: 'anna', password: other, updatePassword: 'on-create' }))
    await host.proves(user({ name: 'anna', passwordMinDays: 1, passwordMaxDays: 60, passwordWarnDays: 14 }))
    assert.is(await host.sh('grep ^anna: /etc/shadow | cut -d: -f4-6'), '1:60:14\n')
    await host.proves(user({ name: 'anna', passwordMaxDays: 'never', passwordWarnDays: 7 }))
    assert.is(await host.sh('grep ^anna: /etc/shadow | cut -d: -f4,6'), '1:7\n')
    await host.finds(user({ name: 'anna', passwordMaxDays: 'never' }))
  })

  test(`${host.name}: a user is changed`, async () => {
    await host.proves(group({ name: 'other', gid: 1601 }))
    await host.proves(
      user({
        name: 'anna',
        uid: 1701,
        group: 'other',
        groups: ['team'],
        exact: true,
        home: '/srv/ann',
        moveHome: true,
        shell: '/bin/false',
        expires: 'never',
      }),
    )
    assert.is(await host.sh('grep ^anna: /etc/passwd'), 'anna:x:1701:1601:Anna B.:/srv/ann:/bin/false\n')
    assert.is(await host.sh('stat -c %u /srv/ann; test ! -e /srv/anna; id -Gn anna'), '1701\nother team\n')
    assert.is(await shadow(8), '\n')
  })

  test(`${host.name}: a password is locked, changed while locked, and unlocked`, async () => {
    await host.proves(user({ name: 'anna', locked: true }))
    assert.is(await shadow(2), `!${hash}\n`)
    const other = hash.replace('IxDD', 'JxDD')
    await host.proves(user({ name: 'anna', password: new Secret(other) }))
    assert.is(await shadow(2), `!${other}\n`)
    await host.proves(user({ name: 'anna', locked: false }))
    assert.is(await shadow(2), `${other}\n`)
  })

  test(`${host.name}: a system user, and one whose group exists`, async () => {
    await host.proves(
      user({ name: 'svc', system: true, createHome: false, home: '/none', shell: '/bin/false' }),
    )
    await host.proves(group({ name: 'ben' }))
    await host.proves(user({ name: 'ben', locked: false }))
    assert.is(await host.sh('grep ^ben: /etc/shadow | cut -d: -f2; id -gn ben'), '*\nben\n')
    await host.finds(user({ name: 'ben' }))
  })

  test(`${host.name}: the primary group is given by its ID`, async () => {
    await host.proves(group({ name: 'byid', gid: 1650 }))
    await host.proves(user({ name: 'ida', group: '1650' }))
    assert.is(await host.sh('id -gn ida'), 'byid\n')
    await host.proves(user({ name: 'ida', state: 'absent', removeHome: true }))
    await host.proves(group({ name: 'byid', state: 'absent' }))
  })

  test(`${host.name}: IDs that are taken and missing groups are refused, also under --check`, async () => {
    for (const task of [
      group({ name: 'crew', gid: 0 }),
      user({ name: 'ida', uid: 0 }),
      user({ name: 'nobody', uid: 0 }),
      user({ name: 'nobody', groups: ['nosuch'] }),
    ]) {
      assert.is((await host.execute(task, true)).outcome, 'failed', task.title)
      await host.refuses(task)
    }
    assert.is(
      await host.sh('grep -c -e ^ida: -e ^crew: /etc/passwd /etc/group || :'),
      '/etc/passwd:0\n/etc/group:0\n',
    )
  })

  test(`${host.name}: a user is removed with its home`, async () => {
    await host.proves(user({ name: 'anna', state: 'absent', removeHome: true }))
    await host.sh('test ! -e /srv/ann; ! grep ^anna: /etc/passwd')
    await host.finds(user({ name: 'anna', state: 'absent' }))
  })
}

for (const host of hosts.filter(({ name }) => name === 'busybox')) {
  test(`${host.name}: an edit waits for other editors, and loses none of their changes`, async () => {
    await host.proves(user({ name: 'dora' }))
    // like adduser, but slower
    await host.sh(
      'cd /etc; mode=$(stat -c %a passwd); (umask 077; { cat passwd; echo late:x:4000:4000::/:/bin/sh; } >passwd+; sleep 2; chmod $mode passwd+; mv passwd+ passwd) >/dev/null 2>&1 & sleep 0.3',
    )
    await host.proves(user({ name: 'dora', shell: '/bin/false' }))
    await host.sh('sleep 2')
    assert.is(
      await host.sh('cut -d: -f1,7 /etc/passwd | grep -E "dora|late"'),
      'dora:/bin/false\nlate:/bin/sh\n',
    )
    assert.is(await host.sh('stat -c %a /etc/passwd; ls /etc | grep "+" || true'), '644\n')
  })

  test(`${host.name}: another ID gives the user their files, whatever links they create meanwhile`, async () => {
    await host.proves(user({ name: 'mallory', uid: 1800, home: '/srv/mallory' }))
    await host.sh(
      'mkdir -m 755 /srv/victim; echo roots >/srv/victim/f; cd ~mallory; mkdir d; echo theirs >d/f; chown -R mallory: d',
    )
    // the folder is replaced by a link just before the owner is changed in the home
    await host.sh(
      'mv /bin/chown /bin/chown.real; printf "%s\\n" "#!/bin/sh" "[ \\"\\$1\\" != -h ] || [ -L ~mallory/d ] || { mv ~mallory/d ~mallory/d.real; ln -s /srv/victim ~mallory/d; chmod 777 ~mallory; }" "exec /bin/busybox chown \\"\\$@\\"" >/bin/chown; chmod 755 /bin/chown',
    )
    try {
      await host.execute(user({ name: 'mallory', uid: 1801 }))
    } finally {
      await host.sh('mv /bin/chown.real /bin/chown')
    }
    assert.is(await host.sh('stat -c %u /srv/victim /srv/victim/f'), '0\n0\n')
    // an interrupted change continues where it stopped
    await host.sh(
      'cd ~mallory; rm -f d; [ ! -d d.real ] || mv d.real d; chown -R 1800 .; sed -i "s/:1801:/:1800:/" /etc/passwd',
    )
    await host.proves(user({ name: 'mallory', uid: 1801 }))
    assert.is(await host.sh('stat -c %u ~mallory ~mallory/d ~mallory/d/f'), '1801\n1801\n1801\n')
  })

  test(`${host.name}: a home is removed with its user, but not one of another user`, async () => {
    await host.proves(user({ name: 'mallory', state: 'absent', removeHome: true }))
    await host.proves(user({ name: 'guest', home: '/srv/victim', createHome: false }))
    await host.proves(user({ name: 'guest', state: 'absent', removeHome: true }))
    assert.is(await host.sh('ls /srv; cat /srv/victim/f; rm -r /srv/victim'), 'victim\nroots\n')
  })

  test(`${host.name}: bytes in account files that are not UTF-8 stay`, async () => {
    await host.sh(
      'printf "latin:x:1900:1900:Gr\\374n:/:/bin/sh\\n" >>/etc/passwd; printf "gr\\374n:x:1901:\\n" >>/etc/group',
    )
    await host.proves(user({ name: 'bytes', uid: 1902, home: '/srv/bytes' }))
    await host.proves(user({ name: 'bytes', shell: '/bin/false' }))
    await host.proves(group({ name: 'bytegroup' }))
    await host.proves(group({ name: 'bytegroup', gid: 1903 }))
    const hex = (file: string) => host.sh(`grep -a ":190[01]:" ${file} | od -An -tx1`)
    assert.match(await hex('/etc/passwd'), /47 72 fc 6e/)
    assert.match(await hex('/etc/group'), /67 72 fc 6e/)
    await host.sh('sed -i /:190[01]:/d /etc/passwd /etc/group')
    await host.proves(user({ name: 'bytes', state: 'absent', removeHome: true }))
  })

  test(`${host.name}: other spellings of the same value are not a change`, async () => {
    const dot = (more = {}) =>
      user({
        name: 'spelt',
        uid: 1790,
        home: '/srv/spelt/',
        shell: '/bin//sh',
        comment: 'S. ',
        groups: ['users', 'extra'],
        ...more,
      })
    await host.proves(group({ name: 'extra' }))
    await host.proves(dot())
    assert.is(await host.sh('grep ^spelt: /etc/passwd | cut -d: -f5-'), 'S. :/srv/spelt:/bin/sh\n')
    await host.finds(dot({ home: '/srv/./spelt', uid: '1790', groups: ['extra', 'users', 'extra'] }))
    await host.finds(dot({ home: '/srv//spelt/.', group: 'spelt', groups: 'users,extra' }))
    await host.sh("sed -i 's|:/srv/spelt:|:/srv/spelt/:|' /etc/passwd")
    await host.finds(dot())
  })
}
