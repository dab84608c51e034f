/** Packages of zypper and pacman, and repositories that are enabled for one task. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { packageHold } from '../../../tasks/system/package-hold.ts'
import { upgradesIn as pacmanUpgrades, withIgnored } from '../../../tasks/system/package-managers/pacman.ts'
import { withInclude } from '../../../tasks/system/package-managers/pacman-repositories.ts'
import { namesInLocks, upgradesIn } from '../../../tasks/system/package-managers/zypper.ts'
import { packageRepository } from '../../../tasks/system/package-repository.ts'
import { packages } from '../../../tasks/system/package.ts'
import { suite } from '../../support/spec.ts'

const test = suite('package managers')

const os = (id: string, like = '') => ({ '/etc/os-release': `ID=${id}\nID_LIKE="${like}"\n` })

/** A host with zypper and one package that may be installed. */
const suse = (installed: string, code = 0): World => {
  let version = installed
  return {
    files: os('opensuse-leap', 'suse opensuse'),
    patterns: [
      [/^rpm -q --qf .* nginx$/, () => (version === '' ? { code: 1 } : `nginx ${version} x86_64\n`)],
      [/^rpm -q --whatprovides/, { code: 1 }],
      [/^zypper --non-interactive refresh$/, ''],
      [/^mkdir -p \/var\/cache\/zypp && touch/, ''],
      [
        /^zypper --non-interactive install/,
        () => {
          version = '1.2-3'
          return { code }
        },
      ],
      [
        /^zypper --non-interactive remove/,
        () => {
          version = ''
          return ''
        },
      ],
    ],
  }
}

test('zypper: installed without questions, also where it recommends a restart, and removed', async () => {
  for (const code of [0, 102, 103]) {
    const run = await rehearse(packages({ name: 'nginx', recommends: false }), suse('', code))
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(
      run.commands.apply.at(-1),
      'zypper --non-interactive install --oldpackage --auto-agree-with-licenses --no-recommends -- nginx',
    )
  }
  assert.is((await rehearse(packages({ name: 'nginx' }), suse('', 106))).outcome, 'failed')
  assert.is((await rehearse(packages({ name: 'nginx' }), suse('1.2-3'))).outcome, 'ok')
  const absent = await rehearse(packages({ name: 'nginx', state: 'absent' }), suse('1.2-3'))
  assert.equal(absent.commands.apply, ['zypper --non-interactive remove -- nginx'])
})

test('zypper: the tables of updates and locks', () => {
  const table = `S  | Repository | Name | Current Version | Available Version | Arch
---+------------+------+-----------------+-------------------+-------
vl | cxw        | cxw  | 1.0-1           | 2.0-1             | noarch
v  | main       | a    | 1-1             | 1-2               | x86_64
`
  assert.equal([...upgradesIn(table)].slice(0, 2), [
    ['cxw', '2.0-1'],
    ['cxw.noarch', '2.0-1'],
  ])
  assert.is(upgradesIn(table).get('a.x86_64'), '1-2')
  assert.equal(
    namesInLocks(
      '\ntype: package\nmatch_type: glob\nsolvable_name: cxw\n\ntype: pattern\nsolvable_name: x\n\nsolvable_name: y\n',
    ),
    ['cxw', 'y'],
  )
})

test('zypper: a repository has a file of its own, and only its key is imported', async () => {
  const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----'
  const run = await rehearse(packageRepository({ name: 'ours', url: 'https://example.com/rpm', key }), {
    files: os('sles', 'suse'),
    replies: {
      'rpm --import /etc/pki/rpm-gpg/RPM-GPG-KEY-ours': '',
      'zypper --non-interactive refresh ours': '',
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(
    run.files.get('/etc/zypp/repos.d/ours.repo')?.content,
    '[ours]\nname=ours\nbaseurl=https://example.com/rpm\nenabled=1\nautorefresh=1\ngpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-ours\n',
  )
})

test('pacman: installed and removed, with its settings', async () => {
  let there = false
  const world: World = {
    files: os('arch'),
    patterns: [
      [/^pacman -Q -- nginx$/, () => (there ? 'nginx 1.2-3\n' : { code: 1 })],
      [/^pacman-conf IgnorePkg$/, ''],
      [/^pacman -Sy --noprogressbar$|^mkdir -p \/var\/cache\/pacman/, ''],
      [
        /^pacman -S --noconfirm --noprogressbar --needed -- nginx$/,
        () => {
          there = true
          return ''
        },
      ],
      [
        /^pacman -Rn --noconfirm --noprogressbar -- nginx$/,
        () => {
          there = false
          return ''
        },
      ],
    ],
  }
  assert.is((await rehearse(packages({ name: 'nginx' }), world)).outcome, 'changed')
  assert.is(
    (await rehearse(packages({ name: 'nginx', state: 'absent', purge: true }), world)).outcome,
    'changed',
  )
})

test('pacman: held in a line of its own, and released from any line', async () => {
  const text = '[options]\nIgnorePkg = a b\n#IgnorePkg = x\nSigLevel = Never\n'
  assert.is(withIgnored(text, ['c'], true), text.replace('[options]\n', '[options]\nIgnorePkg = c\n'))
  assert.is(withIgnored(text, ['a'], false), text.replace('a b', 'b'))
  assert.is(withIgnored(text, ['a', 'b'], false), text.replace('IgnorePkg = a b\n', ''))
  assert.is(withIgnored(text, ['x'], false), text)
  let held = ''
  const run = await rehearse(packageHold({ name: 'linux' }), {
    files: { ...os('arch'), '/etc/pacman.conf': '[options]\n' },
    patterns: [
      [
        /^pacman-conf IgnorePkg$/,
        (_, files) => {
          held = String(files.get('/etc/pacman.conf')?.content)
          return held.includes('IgnorePkg = linux') ? 'linux\n' : ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/etc/pacman.conf')?.content.toString(), '[options]\nIgnorePkg = linux\n')
})

test('pacman: upgrades, and the line that includes a repository', () => {
  assert.equal(
    [...pacmanUpgrades('curl 8.9.1-1 -> 8.9.1-2\na 1-1 -> 2-1 [ignored]\n')],
    [
      ['curl', '8.9.1-2'],
      ['a', '2-1'],
    ],
  )
  const on = withInclude('[options]\n', 'x', true)
  assert.is(on, '[options]\nInclude = /etc/pacman.d/x.repo\n')
  assert.is(withInclude(on, 'x', true), on)
  assert.is(withInclude(on, 'x', false), '[options]\n')
})

test('dnf: repositories are enabled for one task; other package managers refuse it', async () => {
  let there = false
  const run = await rehearse(packages({ name: 'nginx', enableRepo: 'epel,extra' }), {
    files: os('rocky', 'rhel'),
    patterns: [
      [/^rpm -q --qf/, () => (there ? 'nginx 1-1 x86_64\n' : { code: 1 })],
      [/^rpm -q --whatprovides/, { code: 1 }],
      [/^dnf makecache|^mkdir -p/, ''],
      [
        /^dnf install/,
        () => {
          there = true
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.commands.apply.at(-1), 'dnf install -y --enablerepo=epel --enablerepo=extra nginx')
  const other = await rehearse(packages({ name: 'nginx', enableRepo: 'epel' }), suse('1.2-3'))
  assert.equal([other.predicted, other.outcome], ['failed', 'failed'])
  assert.match(String(other.error), 'enableRepo and disableRepo work with dnf only')
  assert.throws(() => packages({ name: 'x', enableRepo: '--all' }), /must be a repository/)
})

test('a repository is left out, or a release preferred, for one task', async () => {
  const installing = (
    files: NonNullable<World['files']>,
    list: readonly [RegExp, string],
    install: RegExp,
  ): World => {
    let there = false
    return {
      files,
      patterns: [
        [list[0], () => (there ? list[1] : { code: 1 })],
        [install, () => ((there = true), '')],
        [/^rpm -q --whatprovides|^dpkg-query|^apt-cache/, { code: 1 }],
        [/makecache|apt-get update|^mkdir -p|showhold/, ''],
      ],
    }
  }
  const rocky = installing(os('rocky', 'rhel'), [/^rpm -q --qf/, 'nginx 1-1 x86_64\n'], /^dnf install/)
  const left = await rehearse(
    packages({ name: 'nginx', disableRepo: 'appstream', enableRepo: 'epel' }),
    rocky,
  )
  assert.is(
    left.commands.apply.at(-1),
    'dnf install -y --disablerepo=appstream --enablerepo=epel nginx',
    String(left.error),
  )
  const debian = installing(
    os('debian'),
    [/^dpkg-query -W/, 'nginx 1-1 installed amd64\namd64\n'],
    /apt-get install/,
  )
  const preferred = await rehearse(packages({ name: 'nginx', release: 'bookworm-backports' }), debian)
  assert.match(
    String(preferred.commands.apply.at(-1)),
    /--allow-downgrades --target-release=bookworm-backports nginx$/,
    String(preferred.error),
  )
  const wrong = await rehearse(packages({ name: 'nginx', release: 'x' }), suse(''))
  assert.match(String(wrong.error), 'release works with apt only')
  assert.throws(() => packages({ name: 'x', release: 'x', state: 'latest' }), /state present only/)
})
