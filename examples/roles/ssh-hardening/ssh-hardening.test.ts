import assert from 'node:assert/strict'
import { test } from 'node:test'
import { algorithmsFor, versionIn } from './algorithms.ts'
import { params, sshHardening } from './index.ts'
import { lockoutOf } from './lockout.ts'
import { generalText, ineffective, matchText, settingsOf } from './settings.ts'

const given = params.parse({})

test('algorithms are those that the version knows', () => {
  assert.equal(versionIn('unknown option -- V\nOpenSSH_8.0p1, OpenSSL 1.1.1k'), 800)
  assert.equal(versionIn('OpenSSH_10.0p2 Debian-7'), 1000)
  assert.doesNotMatch(algorithmsFor(given, 800).KexAlgorithms, /sntrup|mlkem/)
  assert.match(algorithmsFor(given, 909).KexAlgorithms, /^mlkem768x25519-sha256,sntrup761/)
  assert.equal(algorithmsFor(params.parse({ macs: ['a'] }), 909).MACs, 'a')
})

test('the file takes keys only', () => {
  const text = generalText(settingsOf(given, 902))
  for (const line of ['PasswordAuthentication no', 'PermitRootLogin no', 'AllowTcpForwarding no'])
    assert.ok(text.split('\n').includes(line), line)
  assert.equal(matchText(given), '')
  assert.match(
    matchText(params.parse({ sftp: { group: 'ftp' } })),
    /^Match Group ftp\n {4}ForceCommand internal-sftp/,
  )
})

test('settings that another file sets first are found', () => {
  const settings = settingsOf(given, 902)
  assert.deepEqual(ineffective(settings, ['x11forwarding yes', 'permitrootlogin no', 'usedns no']), [
    'X11Forwarding is yes',
  ])
})

test('the login of the playbook stays', () => {
  const login = { user: 'deploy', groups: ['deploy', 'sudo'], hasKeys: true }
  const why = (more: object, its: object = {}) => lockoutOf(params.parse(more), { ...login, ...its })
  assert.equal(why({}), undefined)
  assert.equal(why({ allowUsers: ['ada', 'dep*@192.0.2.*'] }), undefined)
  assert.equal(why({ allowGroups: ['sudo'] }), undefined)
  assert.equal(why({ passwordAuthentication: true }, { hasKeys: false }), undefined)
  assert.match(String(why({}, { user: 'root' })), /permitRootLogin is no/)
  assert.match(String(why({}, { hasKeys: false })), /does not have a key/)
  assert.match(String(why({ allowUsers: ['ada'] })), /allowUsers/)
  assert.match(String(why({ denyUsers: ['deploy'] })), /denyUsers/)
  assert.match(String(why({ denyGroups: ['su?o'] })), /denyGroups/)
  assert.equal(why({ denyUsers: ['deploy'], allowLockout: true }), undefined)
})

test('values that would be another line are refused', () => {
  assert.throws(() => sshHardening({ allowUsers: ['a b'] }), /allowUsers/)
  assert.throws(() => sshHardening({ extra: { Banner: 'a\nPermitRootLogin yes' } }), /extra/)
})
