/** Which process own-etcd.sh takes for the etcd of a host. */
import * as assert from 'uvu/assert'
import { besideEtcd } from '../../../support/fake-etcd.ts'
import { shellText } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('own-etcd', { needs: ['root', 'mounts', 'dash', 'busybox'] })

/** What the programs of the etcd that was found print, or `none`. */
const found = (shell: readonly string[], start: string): string =>
  besideEtcd(
    shell,
    `${shellText('tasks/kubernetes/etcd/own-etcd.sh')}\n[ -n "$bin" ] && "$bin/etcdutl" runs || echo none`,
    { start },
  )

const unprivileged = 'setpriv --reuid 65534 --regid 65534 --clear-groups'

for (const shell of [['dash'], ['busybox', 'sh']]) {
  const name = shell[0] ?? ''

  test(`${name}: the etcd of root that has the database of the host open is found`, () => {
    assert.is(found(shell, 'start env'), 'etcdutl runs\n')
  })

  test(`${name}: the etcd of another user is not, also with the same arguments and the database open`, () => {
    assert.is(found(shell, `start ${unprivileged}`), 'none\n')
  })

  test(`${name}: an etcd of root that has another database is not`, () => {
    assert.is(found(shell, 'database=/var/lib/other/db\nstart env'), 'none\n')
  })

  test(`${name}: no program is run that another user can replace`, () => {
    for (const change of ['chmod 777 .', 'chmod 775 etcdutl', 'chown 65534 etcdutl', 'chown 65534 .'])
      assert.is(
        found(shell, `(cd /var/lib/programs && ${change})\nstart env`),
        'none\nanother user can replace the programs of etcd in its container: they are not used\n',
        change,
      )
  })
}
