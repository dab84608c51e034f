import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import {
  indexOptions,
  requirementIn,
  requirementsIn,
  satisfies,
} from '../../../tasks/system/languages/requirements.ts'
import { pip } from '../../../tasks/system/pip.ts'
import { suite } from '../../support/spec.ts'

const test = suite('pip')

const python = '/opt/v/bin/python'
const tried =
  /^PIP_CONFIG_FILE=\/dev\/null; export PIP_CONFIG_FILE; PIP_FIND_LINKS=''; export PIP_FIND_LINKS; \/opt\/v\/bin\/python -m pip install --disable-pip-version-check --quiet --no-index --no-deps (.*)$/

/** A host with packages in /opt/v, or without the virtual environment. */
const host = (before: Record<string, string> | undefined, after: Record<string, string> = {}): World => {
  let there = before
  return {
    files: before === undefined ? {} : { [python]: '' },
    patterns: [
      [/^command -v python3$/, '/usr/bin/python3\n'],
      [
        /^\/opt\/v\/bin\/python -m pip list --format=json --disable-pip-version-check$/,
        () => JSON.stringify(Object.entries(there ?? {}).map(([name, version]) => ({ name, version }))),
      ],
      [
        /^\/opt\/v\/bin\/python -m pip list --outdated --format=json --disable-pip-version-check --no-cache-dir$/,
        () =>
          there?.['plum'] === '1.0'
            ? '[{"name": "Plum", "version": "1.0", "latest_version": "2.0", "latest_filetype": "wheel"}, {"name": "pip", "version": "1", "latest_version": "2"}]'
            : '[]',
      ],
      [tried, ({ script }) => ({ code: script.includes('>=') && there?.['plum'] === '2.0' ? 0 : 1 })],
      [
        /^python3 -m venv /,
        (_, files) => {
          files.set(python, { content: '' })
          there = {}
          return ''
        },
      ],
      [
        /^\/opt\/v\/bin\/python -m pip --disable-pip-version-check --no-input (install|uninstall) /,
        () => {
          there = after
          return ''
        },
      ],
    ],
  }
}
const virtualenv = '/opt/v'

test('the virtual environment is made, and the packages installed', async () => {
  const task = pip({
    name: ['plum==1.0', 'Pear_Tree'],
    virtualenv,
    systemPackages: true,
    options: '--no-cache-dir',
  })
  const run = await rehearse(task, host(undefined, { plum: '1.0', 'pear-tree': '3' }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [
    'python3 -m venv --system-site-packages /opt/v',
    '/opt/v/bin/python -m pip --disable-pip-version-check --no-input install --no-cache-dir plum==1.0 Pear_Tree',
  ])
  assert.equal(
    run.changes.map(({ what, to }) => [what, to]),
    [
      ['/opt/v', 'a virtual environment'],
      ['plum in /opt/v', '==1.0'],
      ['pear-tree in /opt/v', 'installed'],
    ],
  )
})

test('conditions on versions are judged by pip', async () => {
  const task = pip({ name: 'plum >= 2', virtualenv })
  assert.is((await rehearse(task, host({ plum: '2.0' }))).outcome, 'ok')
  const run = await rehearse(task, host({ plum: '1.0' }, { plum: '2.0' }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'plum in /opt/v', from: '1.0', to: '>=2' }])
})

/** A host with plum 1.0, of whose extras pip says this. */
const extras = (said: Reply): World => {
  const world = host({ plum: '1.0' })
  const asked =
    /^PIP_CONFIG_FILE=.* -m pip install --disable-pip-version-check --dry-run --no-index 'plum\[all\]'$/
  return { ...world, patterns: [[asked, said], ...(world.patterns ?? [])] }
}

test('extras are judged by pip, which installs nothing and asks no index', async () => {
  const task = pip({ name: 'plum[all]', virtualenv })
  assert.is((await rehearse(task, extras(''))).outcome, 'ok')
  let isThere = false
  const world = extras(() => ({ code: isThere ? 0 : 1 }))
  const install = (): string => {
    isThere = true
    return ''
  }
  const run = await rehearse(task, {
    ...world,
    patterns: [[/ --no-input install /, install], ...(world.patterns ?? [])],
  })
  assert.equal(run.changes, [{ what: 'plum in /opt/v', from: '1.0', to: 'installed with [all]' }])
  assert.match(run.commands.apply.join(), "install 'plum[all]'")
  // a requirement with a URL
  const would = await rehearse(task, extras('Would install pear-1\n'))
  assert.is(would.predicted, 'would change', String(would.error))
  const old = await rehearse(task, extras({ code: 2, stderr: 'no such option: --dry-run' }))
  assert.match(String(old.error), 'cannot tell whether plum[all] is installed')
})

test('the newest version of the index in the options', async () => {
  const options = ['--no-deps', '--index-url', 'https://example.com/simple', '--pre', '-ihttps://example.com']
  const world = host({ plum: '1.0' }, { plum: '2.0' })
  const asked =
    /--outdated .* --no-cache-dir --index-url https:\/\/example\.com\/simple --pre -ihttps:\/\/example\.com$/
  let latest = '[{"name": "plum", "version": "1.0", "latest_version": "3.0"}]'
  const install = (): string => (latest = '[]')
  const run = await rehearse(pip({ name: 'plum', virtualenv, state: 'latest', options }), {
    ...world,
    patterns: [[asked, () => latest], [/ --no-input install /, install], ...(world.patterns ?? [])],
  })
  assert.equal(run.changes, [{ what: 'plum in /opt/v', from: '1.0', to: '3.0' }], String(run.error))
  assert.equal(indexOptions(['--find-links=/x', '--upgrade', '-f', '/y', '--no-index', '--target', '/t']), [
    '--find-links=/x',
    '-f',
    '/y',
    '--no-index',
  ])
})

test('the newest version', async () => {
  const task = pip({ name: ['plum', 'pear'], virtualenv, state: 'latest' })
  const run = await rehearse(task, host({ plum: '1.0', pear: '1' }, { plum: '2.0', pear: '1' }))
  assert.equal(
    run.commands.apply,
    ['/opt/v/bin/python -m pip --disable-pip-version-check --no-input install --upgrade plum pear'],
    String(run.error),
  )
  assert.equal(run.changes, [{ what: 'plum in /opt/v', from: '1.0', to: '2.0' }])
})

test('a requirements file', async () => {
  const requirements = '/srv/requirements.txt'
  const task = pip({ requirements, virtualenv })
  const world = host({ plum: '1.0' }, { plum: '1.0', pear: '2' })
  const text =
    '--index-url https://example.com\n# all\nplum==1.0 \\\n  --hash=sha256:00\npear  # the newest\n'
  const run = await rehearse(task, { ...world, files: { ...world.files, [requirements]: text } })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [
    '/opt/v/bin/python -m pip --disable-pip-version-check --no-input install --requirement /srv/requirements.txt',
  ])
  const missing = await rehearse(task, host({}))
  assert.is(missing.predicted, 'unknown')
  assert.match(String(missing.error), '/srv/requirements.txt does not exist')
  for (const line of ['-r other.txt', '-e .', 'git+https://example.com/x', './x.whl'])
    assert.throws(() => requirementsIn(`${line}\n`, '/r'), /\/r: cannot tell whether this is installed/)
})

test('packages are removed; without the virtual environment there are none', async () => {
  const gone = pip({ name: 'plum', virtualenv, state: 'absent' })
  assert.equal((await rehearse(gone, host({ plum: '1.0' }))).commands.apply, [
    '/opt/v/bin/python -m pip --disable-pip-version-check --no-input uninstall --yes plum',
  ])
  assert.is((await rehearse(gone, host(undefined))).outcome, 'ok')
})

test('without Python it is unknown under --check; a broken environment is an error, one without pip is made again', async () => {
  const bare = { patterns: [[/^command -v python3$/, { code: 127 }]] } satisfies World
  const run = await rehearse(pip({ name: 'plum', virtualenv }), bare)
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'python3 is not installed')
  const files = { [python]: '' }
  const broken = { files, patterns: [[/pip list/, { code: 1, stderr: 'no' }]] } satisfies World
  assert.match(String((await rehearse(pip({ name: 'plum', virtualenv }), broken)).error), 'does not work')
})

test('names that are options, paths or addresses are refused', () => {
  for (const name of ['--target=/', './x', 'https://example.com/x.whl', 'x @ file:///x'])
    assert.throws(() => pip({ name: [name], virtualenv }), /must be names of packages/)
  assert.throws(() => pip({ virtualenv, state: 'absent' }), /say which packages to upgrade or to remove/)
  assert.throws(() => pip({ name: 'x', virtualenv, python: '-c' }), /name of a program/)
})

test('versions that are equal, and those that only pip can compare', () => {
  const judged = (text: string, version?: string) => {
    const found = requirementIn(text)
    return found && satisfies(found, version)
  }
  assert.equal(
    [judged('a', '1'), judged('a==1', '1'), judged('a[x] == 1', '1'), judged('a'), judged('a>=1')],
    [true, true, true, false, false],
  )
  assert.equal(
    [judged('a==1.0', '1'), judged('a~=1', '1'), judged("a; os_name == 'nt'")],
    [undefined, undefined, undefined],
  )
})

/** A host with packages of its own Python, which the distribution manages; without pip for `undefined`. */
const system = (before: Record<string, string> | undefined, after: Record<string, string> = {}): World => {
  let there = before
  return {
    patterns: [
      [/^command -v python3$/, '/usr/bin/python3\n'],
      [
        /^python3 -m pip list --format=json --disable-pip-version-check$/,
        () =>
          there === undefined
            ? { code: 1, stderr: '/usr/bin/python3: No module named pip\n' }
            : JSON.stringify(Object.entries(there).map(([name, version]) => ({ name, version }))),
      ],
      [
        /PIP_BREAK_SYSTEM_PACKAGES=1; export PIP_BREAK_SYSTEM_PACKAGES; python3 -m pip install .* --no-index/,
        () => ({ code: there?.['plum'] === '2.0' ? 0 : 1 }),
      ],
      [
        /^python3 -m pip --disable-pip-version-check --no-input (install|uninstall --yes) --break-system-packages 'plum>=2'$|^python3 -m pip --disable-pip-version-check --no-input uninstall --yes --break-system-packages plum$/,
        () => {
          there = after
          return ''
        },
      ],
    ],
  }
}

test('without a virtual environment, the packages of the Python of the host', async () => {
  const given = { name: 'plum>=2', breakSystemPackages: true }
  const run = await rehearse(pip(given), system({ plum: '1.0' }, { plum: '2.0' }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is((await rehearse(pip(given), system({ plum: '2.0' }))).outcome, 'ok')
  const gone = await rehearse(pip({ ...given, state: 'absent' }), system({ plum: '2.0' }, {}))
  assert.is(gone.outcome, 'changed', String(gone.error))
  const none = await rehearse(pip(given), system(undefined))
  assert.equal([none.predicted, none.outcome], ['unknown', 'failed'])
  assert.match(String(none.error), 'python3 does not have pip')
  assert.throws(() => pip({ ...given, virtualenv }), /without a virtual environment/)
  assert.throws(() => pip({ name: 'plum', systemPackages: true }), /for a virtual environment/)
})
