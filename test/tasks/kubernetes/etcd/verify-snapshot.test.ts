/** How verify-snapshot.sh starts and ends the etcd that it restores into. */
import * as assert from 'uvu/assert'
import { besideEtcd } from '../../../support/fake-etcd.ts'
import { sent } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('verify-snapshot', { needs: ['root', 'mounts', 'dash', 'busybox'] })

const program = sent(
  'tasks/kubernetes/etcd/verify-snapshot.sh',
  '/var/lib/saved/one.db',
  'ca',
  'crt',
  'key',
  'client',
  'client-key',
  5,
)

/** An etcd that stays until it is ended, at the path of the one that runs, and an etcdctl that says when it is there. */
const start = `
mkdir -p /var/lib/saved/one.db.verify /var/lib/saved/.verify.killed
echo other >/var/lib/saved/one.db.verify/data
ln -s /var/lib/saved/one.db.verify /var/lib/saved/.verify.linked
printf '#!/bin/sh\\nls -ld /var/lib/saved/.verify.?????? | cut -c 1-10 >/var/lib/mode\\n' >/var/lib/programs/etcdutl
printf '#!/bin/sh\\n[ -s /var/lib/pid ] && printf '"'"'"Revision" : 7\\\\n"Count" : 3\\\\n'"'"'\\n' >/var/lib/programs/etcdctl
printf '#!/bin/sh\\necho $$ >/var/lib/pid\\nexec cat /var/lib/never\\n' >/var/lib/fake
printf '#!/bin/sh\\necho "timeout $1 $2 $3 $4" >/var/lib/limit\\nshift 3\\nexec "$@"\\n' >/var/lib/bin/timeout
mkfifo /var/lib/never
chmod 755 /var/lib/programs/* /var/lib/fake /var/lib/bin/timeout
start env
mount --bind /var/lib/fake /var/lib/programs/etcd
`
const after = `
echo "exit $?"
cat /var/lib/limit
grep -h d /var/lib/mode
ls -A /var/lib/saved /var/lib/saved/one.db.verify
kill -0 "$(cat /var/lib/pid)" 2>/dev/null && echo 'the etcd still runs'
`

for (const shell of [['dash'], ['busybox', 'sh']])
  test(`${shell[0] ?? ''}: in a folder of its own, with a limit of time; folders of killed runs are removed`, () => {
    assert.equal(besideEtcd(shell, program, { start, after }).split('\n'), [
      '"Revision" : 7',
      '"Count" : 3',
      'exit 0',
      'timeout -s KILL 65 ./etcd',
      'drwx------',
      '/var/lib/saved:',
      '.verify.linked',
      'one.db.verify',
      '',
      '/var/lib/saved/one.db.verify:',
      'data',
      '',
    ])
  })
