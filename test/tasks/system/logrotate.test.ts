import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { logrotate } from '../../../tasks/system/logrotate.ts'
import { suite } from '../../support/spec.ts'

const test = suite('logrotate')

const file = '/etc/logrotate.d/app'

test('an entry is written with what was given, and verified first', async () => {
  const task = logrotate({
    name: 'app',
    paths: ['/var/log/app/*.log', '/srv/my app/log'],
    frequency: 'weekly',
    rotate: '4',
    size: '10M',
    minSize: 5,
    maxSize: '1G',
    maxDays: 30,
    compress: true,
    delayCompress: false,
    copyTruncate: true,
    dateExt: true,
    missingOk: true,
    ifEmpty: false,
    sharedScripts: true,
    create: '0640 app adm',
    su: 'app app',
    options: ['olddir /srv/old'],
    preRotate: 'echo 1',
    postRotate: 'if true; then\n  systemctl reload app\nfi\n',
  })
  const run = await rehearse(task, {})
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.files.get(file), {
    type: 'file',
    content: `/var/log/app/*.log
"/srv/my app/log" {
  weekly
  rotate 4
  size 10M
  minsize 5
  maxsize 1G
  maxage 30
  compress
  nodelaycompress
  copytruncate
  dateext
  missingok
  notifempty
  sharedscripts
  create 0640 app adm
  su app app
  olddir /srv/old
  prerotate
echo 1
  endscript
  postrotate
if true; then
  systemctl reload app
fi
  endscript
}
`,
    mode: '0644',
    owner: 'root',
    group: 'root',
  })
})

test('a mode with which logrotate ignores the file is corrected; the file is removed', async () => {
  const task = logrotate({ name: 'app', paths: '/var/log/app' })
  const content = '/var/log/app {\n}\n'
  assert.is((await rehearse(task, { files: { [file]: content } })).outcome, 'ok')
  const open = await rehearse(task, { files: { [file]: { content, mode: '0666' } } })
  assert.equal([open.outcome, open.files.get(file)?.mode], ['changed', '0644'])
  const gone = await rehearse(logrotate({ name: 'app', state: 'absent' }), { files: { [file]: content } })
  assert.equal([gone.outcome, gone.files.has(file)], ['changed', false])
  assert.is((await rehearse(logrotate({ name: 'app', state: 'absent' }), {})).outcome, 'ok')
})

test('names that logrotate ignores, and text that would end a section, are refused', () => {
  const paths = '/a'
  assert.throws(() => logrotate({ name: 'app.bak', paths }), /letters, digits/)
  assert.throws(() => logrotate({ name: 'app' }), /paths are required/)
  assert.throws(() => logrotate({ name: 'app', paths: 'a' }), /absolute path/)
  assert.throws(() => logrotate({ name: 'app', paths, postRotate: 'a\n endscript\nb' }), /endscript/)
  assert.throws(() => logrotate({ name: 'app', paths, size: '1T' }), /100M/)
  assert.throws(() => logrotate({ name: 'app', paths, create: 'a\nb' }), /one line/)
})
