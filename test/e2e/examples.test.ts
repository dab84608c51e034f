/** The projects in examples/ on hosts of the lab: each does what it says, and a second run changes nothing. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { down, up } from '../../lab/lab.ts'
import { cacheFolder } from '../../lab/machine.ts'
import type { Lab } from '../../lab/types.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'
import { offerPackages } from './examples/debian-packages.ts'
import { changesOf, projectOf } from './examples/project.ts'
import type { Project } from './examples/project.ts'

const test = suite('examples', { seconds: 600 })
const name = 'coxswain-examples'
const folder = folderOf(test)

let lab: Lab
test.before(async () => {
  const inventory = join(cacheFolder(), 'labs', `${name}.yaml`)
  lab = await up({ name, masters: 0, plain: 3, inventory, fresh: true })
  await offerPackages(lab, ['nginx', 'haproxy', 'socat', 'cron'], folder.path)
})
test.after(() => down(name))

/** What a command prints on one of the hosts, which are counted from 1; it must succeed. */
const on = async (number: number, command: string): Promise<string> => {
  const host = lab.hosts[number - 1]
  assert.ok(host)
  const { code, stdout, stderr } = await lab.exec(host.name, command)
  assert.is(code, 0, `${command}: ${stdout}${stderr}`)
  return stdout.trim()
}

/** Runs a playbook with --check, for real, and once more: what --check predicts is not refused, and the rest changes nothing. */
const settles = async (project: Project, playbook = 'site.ts'): Promise<void> => {
  await project.run(playbook, '--check')
  assert.ok(changesOf(await project.run(playbook)).length > 0)
  assert.equal(changesOf(await project.run(playbook)), [])
}

test('each folder is tried here', () => {
  const folders = readdirSync('examples', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  // roles are tried in test/hosts/roles
  const names = folders.map((entry) => entry.name).filter((entry) => entry !== 'roles')
  assert.equal(names.toSorted(), ['backup', 'nginx-site', 'own-task', 'rolling-update', 'users-and-keys'])
})

test('users-and-keys', async () => {
  await on(1, 'useradd -m carl')
  await settles(projectOf('users-and-keys', lab, folder.path))
  assert.match(await on(1, 'id ada'), /admins/)
  assert.is(await on(1, 'sudo -u ben sudo -n id -u'), '0')
  assert.is(await on(1, 'id carl >/dev/null 2>&1 || echo gone'), 'gone')
  const settings = await on(2, 'sshd -T')
  assert.match(settings, /^passwordauthentication no$/m)
  assert.match(settings, /^permitrootlogin (?:prohibit-password|without-password)$/m)
})

test('backup: the archive of today is there at once, and old ones go', async () => {
  await on(1, 'systemctl unmask cron.service')
  await settles(projectOf('backup', lab, folder.path))
  const [archive = '', ...others] = (await on(1, 'ls /var/backups/nightly')).split('\n')
  assert.is(others.length, 0)
  assert.match(await on(1, `tar -tzf /var/backups/nightly/${archive}`), /^etc\/hostname$/m)
  assert.match(
    await on(1, 'cat /etc/cron.d/nightly-backup'),
    /^30 2 \* \* \* root \/usr\/local\/sbin\/nightly-backup$/m,
  )
  await on(
    1,
    'cd /var/backups/nightly; for n in 1 2 3 4 5 6 7 8; do touch 2001-01-0$n-000000.tar.gz; done; nightly-backup',
  )
  assert.is((await on(1, 'ls -A /var/backups/nightly')).split('\n').length, 7)
})

test('own-task: its test passes, and systemd reads what it writes', async () => {
  const project = projectOf('own-task', lab, folder.path)
  const tests = spawnSync(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', '--test', 'examples/own-task/tasks/journal-size.test.ts'],
    { encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
  )
  assert.is(tests.status, 0, tests.stdout)
  await settles(project)
  assert.match(await on(1, 'systemd-analyze cat-config systemd/journald.conf'), /^SystemMaxUse=200M$/m)
  await on(1, 'systemctl is-active systemd-journald')
})

test('nginx-site: two servers serve the site', async () => {
  await settles(projectOf('nginx-site', lab, folder.path))
  for (const number of [1, 2]) {
    assert.match(await on(number, 'curl -sf http://127.0.0.1/'), /It works/)
    await on(number, 'nginx -t && systemctl is-enabled nginx')
  }
  // what the next example serves comes in its place
  await on(1, 'systemctl disable --now nginx')
})

test('rolling-update: a new release without a failed request', async () => {
  const project = projectOf('rolling-update', lab, folder.path)
  await settles(project, 'balancer.ts')
  await settles(project)
  assert.is(await on(1, 'curl -sf http://127.0.0.1/version'), '1')
  await on(
    1,
    `rm -f /tmp/stop /tmp/answers; nohup sh -c 'until [ -e /tmp/stop ]; do
curl -s -m 5 -w " %{http_code}\\n" http://127.0.0.1/version | tr -d "\\n" >>/tmp/answers; echo >>/tmp/answers; done' >/dev/null 2>&1 &`,
  )
  await project.run('site.ts', '-e', 'release=2')
  await on(1, 'touch /tmp/stop')
  const answers = new Set((await on(1, 'cat /tmp/answers')).split('\n').filter((line) => line !== ''))
  assert.equal([...answers].toSorted(), ['1 200', '2 200'])
  assert.is(await on(1, 'curl -sf http://127.0.0.1/version'), '2')
  assert.is(
    await on(
      1,
      "echo 'show servers state app' | socat - /run/haproxy/admin.sock | awk '$4 ~ /^web/ { print $7 }' | sort -u",
    ),
    '0',
  )
  assert.equal(changesOf(await project.run('site.ts', '-e', 'release=2')), [])
})
