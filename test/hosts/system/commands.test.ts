/** Commands, shells and scripts on real hosts. */
import * as assert from 'uvu/assert'
import { read } from '../../../tasks/files/read.ts'
import { command } from '../../../tasks/system/command.ts'
import { query } from '../../../tasks/system/query.ts'
import { script } from '../../../tasks/system/script.ts'
import { shell } from '../../../tasks/system/shell.ts'
import { folderOf } from '../../support/folder.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('commands on real hosts')
const folder = folderOf(test)

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: a command with a guard, its environment and its folder`, async () => {
    await host.proves(
      command({
        run: 'echo "$A $(pwd)" >made',
        args: [],
        creates: '/srv/made',
        cwd: '/srv',
        env: { A: "it's" },
      }),
    )
    assert.is(await host.sh('cat /srv/made; rm /srv/made'), "it's /srv\n")
  })

  test(`${host.name}: the result of a command is judged, and one that only reads runs under --check`, async () => {
    const once = shell({
      run: 'test -e /srv/j || { touch /srv/j; echo made; }',
      changedWhen: ({ lines }) => lines.includes('made'),
    })
    assert.is((await host.execute(once, true)).outcome, 'unknown')
    assert.is((await host.execute(once)).outcome, 'changed')
    assert.is((await host.execute(once)).outcome, 'ok')
    await host.sh('rm /srv/j')
    const reads = await host.finds(shell({ run: 'echo "$0" >&2; grep -c . /etc/passwd', readOnly: true }))
    assert.match(JSON.stringify(reads.value), /"status":0,"stdout":"[1-9]/)
    await host.finds(command({ run: 'grep -q nobody-here /etc/passwd', readOnly: true, okStatus: [0, 1] }))
    assert.match(
      await host.refuses(command({ run: 'cat /etc/hostname', failedWhen: ({ stdout }) => stdout !== '' })),
      'failedWhen is true',
    )
    assert.is(await host.sh('ls -A /srv; ls -d /tmp/.coxswain* 2>/dev/null || true'), '')
  })

  test(`${host.name}: what commands print and files contain are facts`, async () => {
    await host.sh(`printf '[a]\\nb = 1\\n' >/srv/a.ini; printf '{"n":[1]}' >/srv/a.json`)
    assert.equal((await host.finds(read({ path: '/srv/a.ini', as: 'ini' }))).value, { a: { b: '1' } })
    assert.equal((await host.finds(read({ path: '/srv/a.json', as: 'json' }))).value, { n: [1] })
    assert.match(await host.refuses(read({ path: '/srv/none' })), '/srv/none does not exist')
    await host.sh('rm /srv/a.*')
    const words = await host.finds(query({ argv: ['printf', '%s\\n', "it's $HOME", ''] }))
    assert.match(JSON.stringify(words.value), `"lines":["it's $HOME"]`)
    const judged = await host.finds(query({ run: 'cat; exit 3', stdin: 'hush', okStatus: [3] }))
    assert.match(JSON.stringify(judged.value), '"status":3,"stdout":"hush"')
  })

  test(`${host.name}: a shell script ends at the first line that fails, and leaves nothing`, async () => {
    await host.proves(
      shell({ run: '# why\nread x || true\necho "$1-$x" >/srv/s', args: ['a b'], creates: '/srv/s' }),
    )
    assert.is(await host.sh('cat /srv/s; rm /srv/s'), 'a b-\n')
    assert.match(
      await host.refuses(shell({ run: 'echo no >&2; false\ntouch /srv/s', creates: '/srv/s' })),
      'exit status 1',
    )
    assert.is(await host.sh('ls -A /srv; ls -d /tmp/tmp.* 2>/dev/null || true'), '')
  })

  test(`${host.name}: a script runs with the interpreter of its first line, or the given one`, async () => {
    const src = folder.write('s', '#!/bin/sh -e\necho "$0 $2" | sed "s/.*script/script/" >/srv/t\n')
    await host.proves(script({ src, args: ['a', 'b c'], creates: '/srv/t' }))
    assert.is(await host.sh('cat /srv/t; rm /srv/t'), 'script b c\n')
    const sed = folder.write('w', 'w /srv/t\n')
    await host.refuses(script({ src: sed, interpreter: '/bin/none', creates: '/srv/t' }))
  })
}
