/** Needs of tests: how they are installed and reported, and that each file declares what it uses. */
import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { filesOf } from './files.ts'
import { declaredNeeds } from './needs.ts'
import type { Need } from './needs.ts'
import { prepareMachine } from './prepare.ts'
import { suite } from './spec.ts'

const test = suite('what tests need')

/** A machine with some programs; with `apt`, existing packages can be installed. */
const machine = (has: readonly Need[], apt?: Readonly<Record<string, Need>>, ci = false) => {
  const found = new Set(has)
  const lines: string[] = []
  const installed: string[] = []
  const prepare = (...needs: readonly Need[]): void =>
    prepareMachine(needs, {
      missing: (wanted) => wanted.filter((need) => !found.has(need)),
      ...(apt !== undefined && {
        install: (packages: readonly string[]) => {
          installed.push(...packages)
          for (const name of packages) {
            const need = apt[name]
            if (need === undefined) throw new Error(`no package ${name}`)
            found.add(need)
          }
        },
      }),
      say: (line) => lines.push(line),
      ci,
    })
  return { lines, installed, prepare }
}

test('if nothing is missing, nothing is printed or installed', () => {
  const { lines, installed, prepare } = machine(['root', 'sshd'], {})
  prepare('root', 'sshd')
  assert.equal([lines, installed], [[], []])
})

test('missing packages are installed, with one line of output', () => {
  const { lines, installed, prepare } = machine(['root'], { 'openssh-server': 'sshd', fish: 'fish' })
  prepare('root', 'sshd', 'fish')
  assert.equal(installed, ['openssh-server', 'fish'])
  assert.equal(lines, ['tests: installing openssh-server, fish with apt-get'])
})

test('packages that cannot be installed are named, with the command to install them', () => {
  const user = machine([])
  user.prepare('root', 'sshd', 'doas')
  assert.equal(user.lines, [
    'tests: this machine lacks root, sshd, doas (as root: apt-get install openssh-server opendoas); tests that need them are skipped',
  ])
  const broken = machine(['root'], {}, true)
  broken.prepare('fish')
  assert.equal(broken.lines, [
    'tests: installing fish with apt-get',
    'tests: the installation failed: no package fish',
    'tests: this machine lacks fish (as root: apt-get install fish); tests that need them fail',
  ])
  const inContainer = machine(['root'], {})
  inContainer.prepare('network namespaces')
  assert.equal(inContainer.lines, [
    'tests: this machine lacks network namespaces; tests that need them are skipped',
  ])
})

test('needs are read from the text of a file; an unknown one is refused', () => {
  // built from parts, so that this file does not declare a need
  const list = (words: string): string => ['needs', `[${words}]`].join(': ')
  assert.equal(declaredNeeds(`${list("'root', 'sshd'")}\n${list("\n  'fish',\n")}`), ['root', 'sshd', 'fish'])
  assert.throws(() => declaredNeeds(list("'emacs'")), '"emacs"')
})

/** Calls in test files, and what they need. */
const uses: readonly (readonly [call: RegExp, needs: readonly Need[]])[] = [
  [/\bstartSshd\(/, ['root', 'sshd', 'ssh']],
  [/\baddUser\(/, ['root', 'ps']],
  [/\baddNetworks\(/, ['root', 'ip', 'network namespaces']],
  [/\bdoasRules\(/, ['root', 'doas']],
  [/\bopenBrowser\(/, ['chromium']],
  [/\bmakeZip\(/, ['python3']],
  [/'busybox', '(?:sh|ash)'/, ['busybox']],
  [/\['dash'\], \['busybox'/, ['dash']],
  [/\b(?:spawnSync|execFileSync)\('python3'/, ['python3', 'python3 yaml']],
]

test('each test file declares what the helpers that it calls need', async () => {
  const missing = (await filesOf(['unit', 'integration', 'long', 'hosts', 'conformance'])).flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    const declared = new Set(declaredNeeds(text))
    return uses.flatMap(([call, needs]) =>
      !call.test(text) || needs.some((need) => need.startsWith('python3') && declared.has(need))
        ? []
        : needs
            .filter((need) => !declared.has(need))
            .map((need) => `${relative(resolve('test'), file)} needs ${need}`),
    )
  })
  assert.equal(missing, [])
})
