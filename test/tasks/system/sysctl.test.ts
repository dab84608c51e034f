import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { sysctl, withValue } from '../../../tasks/system/sysctl.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('sysctl')

/** A host on which `sysctl -w` changes the output of `sysctl -n`. */
const hostWith = (live: string, files: Record<string, string> = {}, others = '') => {
  let value = live
  const patterns: [RegExp, string][] = [
    [sentPattern('tasks/system/drop-ins/other-files.sh', '.*sysctl\\.d/\\*\\.conf.*'), others],
  ]
  return {
    files,
    patterns,
    replies: {
      'sysctl -n net.ipv4.ip_forward': () => `${value}\n`,
      'sysctl -w net.ipv4.ip_forward=1': () => {
        value = '1'
        return 'net.ipv4.ip_forward = 1\n'
      },
    },
  }
}

test('sets the live value and saves it for the next boot', async () => {
  const run = await rehearse(sysctl({ key: 'net.ipv4.ip_forward', value: '1' }), hostWith('0'))
  assert.is(run.outcome, 'changed')
  assert.equal(run.commands.apply, ['sysctl -w net.ipv4.ip_forward=1'])
  assert.is(run.files.get('/etc/sysctl.d/90-coxswain.conf')?.content, 'net.ipv4.ip_forward = 1\n')
  assert.equal(
    run.changes.map(({ what, from, to }) => [what, from, to]),
    [
      ['net.ipv4.ip_forward', '0', '1'],
      ['net.ipv4.ip_forward in /etc/sysctl.d/90-coxswain.conf', undefined, '1'],
    ],
  )
})

test('keeps the other lines of the file', async () => {
  const file = '/etc/sysctl.d/90-coxswain.conf'
  const run = await rehearse(
    sysctl({ key: 'net.ipv4.ip_forward', value: '1' }),
    hostWith('1', { [file]: '# mine\n\nnet.ipv4.ip_forward=0\nvm.swappiness = 0\n' }),
  )
  assert.is(run.files.get(file)?.content, '# mine\n\nnet.ipv4.ip_forward=1\nvm.swappiness = 0\n')
})

test('an up-to-date value is ok', async () => {
  const files = { '/etc/sysctl.d/90-coxswain.conf': 'net.ipv4.ip_forward = 1\n' }
  const run = await rehearse(sysctl({ key: 'net.ipv4.ip_forward', value: '1' }), hostWith('1', files))
  assert.is(run.outcome, 'ok')
  assert.equal(run.commands.apply, [])
})

test('a relative path is refused', () => {
  assert.throws(
    () => sysctl({ key: 'a.b', value: 1, file: 'x.conf' }),
    /task sysctl: file: an absolute path is needed/,
  )
})

test('values that sysctl would read as options, or as more lines of a file, are refused', () => {
  assert.throws(() => sysctl({ key: '-a', value: 1 }), /must be the name of a parameter/)
  assert.throws(() => sysctl({ key: 'a.b', value: '1\nc.d = 2' }), /a value must be one line/)
})

test('the layout of a line stays; a key with slashes is the same key, and the last line counts', () => {
  const key = 'net.ipv4.ip_forward'
  assert.is(withValue(`-${key}=0 \r\n`, key, '1'), `-${key}=1 \r\n`)
  assert.is(withValue('net/ipv4/ip_forward = 0\n', key, '1'), 'net/ipv4/ip_forward = 1\n')
  assert.is(
    withValue('net.ipv4.conf.eth0/1.forwarding=0\n', 'net/ipv4/conf/eth0.1/forwarding', '1'),
    'net.ipv4.conf.eth0/1.forwarding=1\n',
  )
  assert.is(withValue(`${key}=1\n\n${key}=0\n`, key, '1'), `${key}=1\n\n${key}=1\n`)
  assert.is(withValue('x = 1\t2\n', 'x', '1 2'), 'x = 1\t2\n')
})

test('with anyFile, a value that other files set for the next boot is enough', async () => {
  const key = 'net.ipv4.ip_forward'
  const run = (live: string, others: string, files: Record<string, string> = {}) =>
    rehearse(sysctl({ key, value: 1, anyFile: true }), hostWith(live, files, others))
  const k8s = '/etc/sysctl.d/k8s.conf\n net.ipv4.ip_forward = 1\n'
  const there = await run('1', k8s)
  assert.is(there.outcome, 'ok', String(there.error))
  const live = await run('0', k8s)
  assert.is(live.outcome, 'changed', String(live.error))
  assert.not(live.files.has('/etc/sysctl.d/90-coxswain.conf'))
  assert.is((await run('1', '')).outcome, 'changed')
  assert.is((await run('1', '/etc/sysctl.d/10-a.conf\n net.ipv4.ip_forward = 0\n')).outcome, 'changed')
  const own = await run('1', k8s, { '/etc/sysctl.d/90-coxswain.conf': `${key} = 0\n` })
  assert.is(own.files.get('/etc/sysctl.d/90-coxswain.conf')?.content, `${key} = 1\n`)
})

test('a later file with another value is named, before anything changes', async () => {
  const said = async (others: string, file?: string): Promise<string> => {
    const task = sysctl({ key: 'net.ipv4.ip_forward', value: 1, ...(file !== undefined && { file }) })
    const run = await rehearse(task, hostWith('0', {}, others))
    if (run.error !== undefined) assert.equal(run.commands.apply, [])
    return run.error instanceof Error ? run.error.message : ''
  }
  const conf = '/etc/sysctl.conf\n net/ipv4/ip_forward=0\n'
  const zz = '/etc/sysctl.d/99-zz.conf\n #net.ipv4.ip_forward=5\n net.ipv4.ip_forward = 0\n'
  assert.match(await said(conf), 'net.ipv4.ip_forward = 0 in /etc/sysctl.conf overrides /etc/sysctl.d/90')
  assert.match(await said(zz), '= 0 in /etc/sysctl.d/99-zz.conf overrides')
  assert.is(await said(zz + conf.replace('0', '1')), '', 'the last one counts')
  assert.is(await said(zz, '/etc/sysctl.conf'), '')
  assert.is(await said(zz.replace('99-zz', '10-zz')), '')
  assert.is(
    await said(`/etc/sysctl.d/99-a.conf\n${zz.replace('/etc/sysctl.d/99-zz', '/usr/lib/sysctl.d/99-a')}`),
    '',
    'hidden',
  )
  const hides = '/etc/sysctl.d/50-x.conf\n net.ipv4.ip_forward=0\n'
  assert.match(await said(hides, '/usr/lib/sysctl.d/50-x.conf'), '/etc/sysctl.d/50-x.conf overrides')
  assert.is(await said(zz, '/opt/x.conf'), '')
})

test('blanks around a value stay, whatever they are', () => {
  assert.is(withValue(' - a.b\t=  1 \u{A0} \r\nx', 'a.b', '2'), ' - a.b\t=  2 \u{A0} \r\nx')
  assert.is(withValue('a.b =\nc.d=1 2', 'a.b', '2'), 'a.b =2\nc.d=1 2')
  assert.is(withValue('a.b = 1 = 2\n', 'a.b', '3'), 'a.b = 3\n')
})

test('a line with a megabyte of blanks takes linear time', () => {
  const blanks = ' '.repeat(1_000_000)
  const text = `a.b = 1${blanks}2${blanks}\n${blanks}x\n#${blanks}=\n`
  assert.is(withValue(text, 'c.d', '1'), `${text}c.d = 1\n`)
  assert.is(withValue(text, 'a.b', '3').length, text.length - blanks.length - 1)
})

test('ignoreUnknown only writes the file if the kernel does not have the parameter', async () => {
  const task = sysctl({ key: 'net.ipv4.ip_forward', value: 1, ignoreUnknown: true })
  const without = await rehearse(task, hostWith('0'))
  assert.equal([without.outcome, without.commands.apply], ['changed', []], String(without.error))
  assert.is(without.files.get('/etc/sysctl.d/90-coxswain.conf')?.content, 'net.ipv4.ip_forward = 1\n')
  assert.is(without.changes.length, 1)
  const known = await rehearse(task, hostWith('0', { '/proc/sys/net/ipv4/ip_forward': '0\n' }))
  assert.equal(known.commands.apply, ['sysctl -w net.ipv4.ip_forward=1'])
})
