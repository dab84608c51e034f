import * as assert from 'uvu/assert'
import { parseOsRelease } from '../../../tasks/system/os-release.ts'
import { suite } from '../../support/spec.ts'

const test = suite('os-release')

test('quotes, family, and missing values', () => {
  assert.equal(parseOsRelease('ID="rocky"\nID_LIKE="rhel fedora"\nVERSION_ID="9.4"'), {
    id: 'rocky',
    family: ['rocky', 'rhel', 'fedora'],
    version: '9.4',
    major: '9',
    codename: '',
    name: 'Linux',
    osFamily: 'redhat',
  })
  assert.equal(parseOsRelease(''), {
    id: 'linux',
    family: ['linux'],
    version: '',
    major: '',
    codename: '',
    name: 'Linux',
    osFamily: 'other',
  })
})

test('the family of each distribution, and the names of its version', () => {
  const of = (text: string) => parseOsRelease(text).osFamily
  assert.is(of('ID=debian'), 'debian')
  assert.is(of('ID=linuxmint\nID_LIKE="ubuntu debian"'), 'debian')
  assert.is(of('ID=fedora'), 'redhat')
  assert.is(of('ID="ol"\nID_LIKE="fedora"'), 'redhat')
  assert.is(of('ID="opensuse-leap"\nID_LIKE="suse opensuse"'), 'suse')
  assert.is(of('ID=alpine'), 'alpine')
  assert.is(of('ID=manjaro\nID_LIKE=arch'), 'arch')
  assert.is(of('ID=nixos'), 'other')
  const { codename, name, major } = parseOsRelease(
    'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian',
  )
  assert.equal([codename, name, major], ['bookworm', 'Debian GNU/Linux', '12'])
})
