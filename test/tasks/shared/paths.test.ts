import * as assert from 'uvu/assert'
import * as tasks from '../../../tasks/index.ts'
import { plainPath } from '../../../tasks/shared/paths.ts'
import { suite } from '../../support/spec.ts'

const test = suite('paths on hosts')

const table: [string, string][] = [
  ['/', '/'],
  ['//', '/'],
  ['/.', '/'],
  ['/srv/x', '/srv/x'],
  ['/srv/x/', '/srv/x'],
  ['/srv//x///', '/srv/x'],
  ['/srv/./x/.', '/srv/x'],
  ['/./srv/././x', '/srv/x'],
  ['/srv/../x', '/srv/../x'],
  ['/srv/.x/..y/', '/srv/.x/..y'],
  ['/srv/x.', '/srv/x.'],
]
for (const [written, plain] of table)
  test(`${written} is ${plain}`, () => assert.is(plainPath(written), plain))

const ending = 'the path of a file must not end with a slash'
const files: Readonly<Record<string, (path: string) => unknown>> = {
  file: (path) => tasks.file({ path, content: 'x' }),
  template: (dest) => tasks.template({ src: 'x.hbs', dest }),
  'line-in-file': (path) => tasks.lineInFile({ path, line: 'x' }),
  replace: (path) => tasks.replace({ path, regexp: 'x' }),
  'yaml-setting': (path) => tasks.yamlSetting({ path, key: 'a', value: 1 }),
  link: (path) => tasks.link({ path, target: '/x' }),
  download: (dest) => tasks.download({ url: 'https://example.com/x', dest, sha256: 'none' }),
  'hosts-entry': (file) => tasks.hostsEntry({ address: '10.0.0.1', names: ['a'], file }),
  sysctl: (file) => tasks.sysctl({ key: 'a', value: 1, file }),
  limits: (file) => tasks.limits({ domain: 'u', item: 'core', value: 1, file }),
  'known-host': (file) => tasks.knownHost({ host: 'git', state: 'absent', file }),
  'load-balancer': (dest) => tasks.loadBalancer({ backends: [{ name: 'm', address: '10.0.0.1' }], dest }),
}
for (const [name, of] of Object.entries(files))
  test(`${name}: the path of a folder is refused for a file`, () => {
    for (const path of ['/srv/x/', '/srv/x//', '/srv/.', '/srv/..', '/'])
      assert.throws(
        () => of(path),
        (error: unknown) => String(error).includes(ending),
        path,
      )
    for (const path of ['/srv/x', '/srv/x.', '/srv/.x', '/srv/...']) of(path)
  })

test('the path of a folder can end with a slash', () => {
  tasks.directory({ path: '/srv/x/' })
  tasks.permissions({ path: '/srv/x/', mode: '0755' })
  tasks.unarchive({ src: 'x.tar', dest: '/srv/x/' })
  tasks.copy({ src: 'x', dest: '/srv/x/' })
  tasks.file({ path: '/srv/x/', state: 'absent' })
})
