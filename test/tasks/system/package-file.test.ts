import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { packageFile } from '../../../tasks/system/package-file.ts'
import { suite } from '../../support/spec.ts'

const test = suite('package-file')

const release = (id: string): string => `ID=${id}\n`

/** A host with the file; the commands of its family say what it is, and what is installed before and after. */
const host = (
  id: string,
  path: string,
  answers: (installed: () => boolean, install: Reply) => NonNullable<World['patterns']>,
): World => {
  let done = false
  return {
    files: { '/etc/os-release': release(id), [path]: 'package' },
    patterns: answers(
      () => done,
      () => {
        done = true
        return ''
      },
    ),
  }
}

const deb = '/srv/tool_1.2_amd64.deb'
const debian = (before: string) =>
  host('debian', deb, (installed, install) => [
    [/^dpkg-deb -W --showformat='\$\{Package\} \$\{Version\}' \/srv\/tool_1\.2_amd64\.deb$/, 'tool 1.2'],
    [/^dpkg-query -W/, () => `tool ${installed() ? '1.2' : before} installed amd64\namd64\n`],
    [/^DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; apt-get install/, install],
  ])

test('Debian: the version in the file takes the place of an older and of a newer one', async () => {
  for (const before of ['1.1', '1.3']) {
    const run = await rehearse(packageFile({ path: deb }), debian(before))
    assert.is(run.outcome, 'changed', String(run.error))
    assert.equal(run.changes, [{ what: 'package tool', from: before, to: '1.2' }])
    assert.match(
      String(run.commands.apply.at(-1)),
      /apt-get install .*--allow-downgrades \/srv\/tool_1\.2_amd64\.deb$/,
    )
  }
  assert.is((await rehearse(packageFile({ path: deb }), debian('1.2'))).outcome, 'ok')
})

const rpm = '/srv/tool-1.2-1.x86_64.rpm'
const redHat = (before: string, first: Reply) =>
  host('fedora', rpm, (installed, install) => [
    [/^rpm -qp --nosignature --qf .* \/srv\/tool-1\.2-1\.x86_64\.rpm$/, 'tool 1.2-1 x86_64\n'],
    [/^rpm -q --qf/, () => `tool ${installed() ? '1.2-1' : before} x86_64\n`],
    [/^dnf install/, first],
    [/^dnf downgrade/, install],
  ])

test('Red Hat: a newer version is replaced by dnf downgrade', async () => {
  const run = await rehearse(packageFile({ path: rpm, unsigned: true }), redHat('1.3-1', 'Nothing to do.\n'))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply.slice(-2), [
    `dnf install -y --nogpgcheck ${rpm}`,
    `dnf downgrade -y --nogpgcheck ${rpm}`,
  ])
})

test('Red Hat: the error of dnf install is shown, and what is older or missing is not downgraded', async () => {
  const refused: Reply = { code: 1, stderr: 'Error: GPG check FAILED' }
  const there = host('fedora', rpm, () => [
    [/^rpm -qp --nosignature/, 'tool 1.2-1 x86_64\n'],
    [/^rpm -q --qf/, 'tool 1.1-1 x86_64\n'],
    [/^dnf install/, refused],
    [/^dnf downgrade/, { code: 1, stderr: 'Error: no match' }],
  ])
  const run = await rehearse(packageFile({ path: rpm }), there)
  assert.match(JSON.stringify(run.error), /GPG check FAILED/)
  assert.not.match(JSON.stringify(run.error), /no match/)
  const none = host('fedora', rpm, () => [
    [/^rpm -qp --nosignature/, 'tool 1.2-1 x86_64\n'],
    [/^rpm -q /, { code: 1 }],
    [/^dnf install/, refused],
  ])
  const missing = await rehearse(packageFile({ path: rpm }), none)
  assert.match(JSON.stringify(missing.error), /GPG check FAILED/)
  assert.not.ok(missing.commands.apply.some((one) => one.startsWith('dnf downgrade')))
  const upgraded = host('fedora', rpm, (installed, install) => [
    [/^rpm -qp --nosignature/, 'tool 1.2-1 x86_64\n'],
    [/^rpm -q --qf/, () => `tool ${installed() ? '1.2-1' : '1.1-1'} x86_64\n`],
    [/^dnf install/, install],
  ])
  const newer = await rehearse(packageFile({ path: rpm }), upgraded)
  assert.is(newer.outcome, 'changed', String(newer.error))
  assert.not.ok(newer.commands.apply.some((one) => one.startsWith('dnf downgrade')))
})

test('SUSE and Arch', async () => {
  const suse = host('opensuse-leap', rpm, (installed, install) => [
    [/^rpm -qp/, 'tool 1.2-1 x86_64\n'],
    [/^rpm -q --qf/, () => (installed() ? 'tool 1.2-1 x86_64\n' : { code: 1 })],
    [/^rpm -q --whatprovides/, { code: 1 }],
    [/^zypper --non-interactive install/, install],
  ])
  const files = { ...suse.files, '/etc/os-release': 'ID=opensuse-leap\nID_LIKE="suse"\n' }
  const run = await rehearse(packageFile({ path: rpm, unsigned: true }), { ...suse, files })
  assert.is(
    run.commands.apply.at(-1),
    `zypper --non-interactive install --oldpackage --auto-agree-with-licenses --allow-unsigned-rpm ${rpm}`,
    String(run.error),
  )
  const zst = '/srv/tool-1.2-1-x86_64.pkg.tar.zst'
  const arch = host('arch', zst, (installed, install) => [
    [/^pacman -Qp/, 'tool 1.2-1\n'],
    [/^pacman -Q /, () => (installed() ? 'tool 1.2-1\n' : { code: 1 })],
    [/^pacman -U/, install],
    [/^pacman/, { code: 1 }],
  ])
  const second = await rehearse(packageFile({ path: zst }), arch)
  assert.is(second.commands.apply.at(-1), `pacman -U --noconfirm ${zst}`, String(second.error))
})

test('a file that is not there yet is unknown, and an error in the run; apk has no such files', async () => {
  const none = await rehearse(packageFile({ path: deb }), { files: { '/etc/os-release': release('debian') } })
  assert.is(none.predicted, 'unknown')
  assert.match(String(none.error), `${deb} does not exist on the host`)
  const apk = await rehearse(packageFile({ path: '/srv/tool.apk' }), {
    files: { '/etc/os-release': release('alpine'), '/srv/tool.apk': 'x' },
  })
  assert.match(String(apk.error), 'not supported with apk')
  assert.throws(() => packageFile({ path: '/srv/' }), /path/)
})
