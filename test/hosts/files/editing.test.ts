/** The tasks that edit a part of a file, on real hosts: they share how a file is read and written. */
import * as assert from 'uvu/assert'
import type { Task } from '../../../engine/dsl/types.ts'
import { blockInFile } from '../../../tasks/files/block-in-file.ts'
import { directory } from '../../../tasks/files/directory.ts'
import { iniSetting } from '../../../tasks/files/ini-setting.ts'
import { jsonSetting } from '../../../tasks/files/json-setting.ts'
import { lineInFile } from '../../../tasks/files/line-in-file.ts'
import { permissions } from '../../../tasks/files/permissions.ts'
import { replace } from '../../../tasks/files/replace.ts'
import { yamlSetting } from '../../../tasks/files/yaml-setting.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('edited files on real hosts')
const path = '/srv/settings'

/** The text before, the task, and the text after it. */
const cases: readonly (readonly [string, Task, string])[] = [
  ['a=1\nb=1\n', replace({ path, regexp: '=1$', replacement: "='2'" }), "a='2'\nb='2'\n"],
  ['a\n', blockInFile({ path, block: 'x "$y"\n' }), 'a\n# BEGIN by coxswain\nx "$y"\n# END by coxswain\n'],
  ['[a]\nx = 1\n', iniSetting({ path, section: 'a', option: 'x', value: 'ü' }), '[a]\nx = ü\n'],
  ['{ "a": 1 } // c\n', jsonSetting({ path, key: 'a', value: 2 }), '{ "a": 2 } // c\n'],
  ['a=1\r\nb=2', lineInFile({ path, regexp: '^a=.*$', line: 'a=9' }), 'a=9\r\nb=2'],
  ['[a]\r\nx = 1 ; c\r\n', iniSetting({ path, section: 'a', option: 'x', value: 2 }), '[a]\r\nx = 2 ; c\r\n'],
  ['m: 0400\r\na: no\r\n', yamlSetting({ path, key: 'a', value: 'no' }), 'm: 0400\r\na: "no"\r\n'],
  ['a: 1 # c\n', yamlSetting({ path, key: 'a', value: 2 }), 'a: 2 # c\n'],
]

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: owner, group and a symbolic mode with the edit, and alone`, async () => {
    await host.sh(`printf 'a\\n' >${path}; chmod 4755 ${path}; chown 7:8 ${path}`)
    const task = lineInFile({ path, line: 'b', owner: '0', group: 'root', mode: 'go-rx,u-s' })
    await host.proves(task)
    assert.is(await host.sh(`cat ${path}; stat -c '%a %u %g' ${path}`), 'a\nb\n700 0 0\n')
    await host.sh(`chmod 711 ${path}`)
    await host.proves(task)
    await host.proves(permissions({ path, mode: 'a+X,o+r', group: '8' }))
    assert.is(await host.sh(`stat -c '%a %u %g' ${path}; rm ${path}`), '715 0 8\n')
    await host.proves(directory({ path, mode: 'u=rwx,g=rxs,o=' }))
    assert.is(await host.sh(`stat -c %a ${path}; rmdir ${path}`), '2750\n')
  })

  for (const [before, task, after] of cases) {
    test(`${host.name}: ${task.name}`, async () => {
      await host.sh(`printf %s '${before}' >${path}; chmod 640 ${path}; chown 7:8 ${path}`)
      await host.proves(task)
      assert.is(
        await host.sh(`cat ${path}; stat -c '%a %u %g' ${path}; ls -A /srv`),
        `${after}640 7 8\nsettings\n`,
      )
      await host.finds(task)
    })
  }
}
