/** docs/for-ansible-users.md names only existing tasks, and every module of ansible.builtin. */
import * as assert from 'uvu/assert'
import { withAnsibleTables } from '../../engine/cli/docs/ansible-names.ts'
import { documentedTasks } from '../../engine/cli/docs/task-docs.ts'
import * as library from '../../tasks/index.ts'
import { pageText } from '../support/page.ts'
import { suite } from '../support/spec.ts'

const test = suite('docs/for-ansible-users.md')

/** Modules of ansible.builtin, as `ansible-doc -l ansible.builtin` lists them. */
const builtin =
  `add_host apt apt_key apt_repository assemble assert async_status blockinfile command copy cron deb822_repository
  debconf debug dnf dnf5 dpkg_selections expect fail fetch file find gather_facts get_url getent git group group_by
  hostname import_playbook import_role import_tasks include_role include_tasks include_vars iptables known_hosts
  lineinfile meta mount_facts package package_facts pause ping pip raw reboot replace rpm_key script service
  service_facts set_fact set_stats setup shell slurp stat subversion systemd systemd_service sysvinit tempfile template
  unarchive uri user validate_argument_spec wait_for wait_for_connection yum_repository`.split(/\s+/)

/** Words in code of the page's right column that are not tasks. */
const otherWords = new Set([
  'const',
  'import',
  'join',
  'background',
  'pick',
  'when',
  'find',
  'getent',
  'stdin',
  'unless',
  'creates',
  'removes',
  'content',
  'debconf-set-selections',
  'apply',
])

const [, concepts = '', ...modules] = pageText('for-ansible-users.md').split(/^## /m)
const rows = modules
  .join('\n')
  .split('\n')
  .flatMap((line) => {
    const [, theirs, ours] = /^\| (.*?) \| (.*) \|$/.exec(line) ?? []
    return theirs === undefined || ours === undefined || theirs === 'module' ? [] : [{ theirs, ours }]
  })
const codes = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
const isWord = (code: string): boolean => /^[a-z][a-z0-9-]*$/.test(code)
const tasks = new Set(documentedTasks(library).map(({ info }) => info.name))

test('its tables match the table of the library; `npm run docs` writes them', () => {
  const page = pageText('for-ansible-users.md')
  assert.is(page, withAnsibleTables(page, library))
})

test('each task that it names exists', () => {
  const named = rows
    .flatMap(({ ours }) => codes(ours))
    .filter((code) => isWord(code) && !otherWords.has(code))
  assert.ok(named.length > 50)
  assert.equal(
    named.filter((name) => !tasks.has(name)),
    [],
  )
})

test('each module of ansible.builtin is mentioned once', () => {
  const [table = ''] = modules
  const mentioned = table
    .split('\n')
    .flatMap((line) => (line.startsWith('| `') ? codes(line.split(' | ')[0] ?? '') : []))
  assert.equal(
    builtin.filter((name) => !mentioned.includes(name)),
    [],
  )
  assert.equal(
    mentioned.filter((name, index) => mentioned.indexOf(name) !== index),
    [],
  )
})

test('each row has an equivalent', () => {
  for (const { theirs, ours } of rows) assert.ok(codes(ours).length > 0 || ours.includes(':'), theirs)
  assert.match(concepts, '`delegate_to` | `{ on: ')
})
