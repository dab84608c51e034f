import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rehearse } from 'coxswain/testing'
import { journalSize } from './journal-size.ts'

const file = '/etc/systemd/journald.conf.d/size.conf'

test('writes the limit, and restarts the journal once', async () => {
  const run = await rehearse(journalSize({ mib: 100 }), {
    files: {},
    replies: { 'mkdir -p /etc/systemd/journald.conf.d': '', 'systemctl restart systemd-journald': '' },
  })
  assert.equal(run.outcome, 'changed')
  assert.equal(run.files.get(file)?.content, '[Journal]\nSystemMaxUse=100M\n')
})

test('changes nothing where the limit is set', async () => {
  const run = await rehearse(journalSize({ mib: 100 }), {
    files: { [file]: '[Journal]\nSystemMaxUse=100M\n' },
  })
  assert.equal(run.outcome, 'ok')
  assert.deepEqual(run.commands.apply, [])
})

test('refuses less than 8 MiB', () => {
  assert.throws(() => journalSize({ mib: 1 }), /8/)
})
