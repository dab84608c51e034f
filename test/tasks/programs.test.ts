/** Shell programs of tasks, run by dash and by busybox. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { delimiter } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../support/folder.ts'
import { sent } from '../support/sent.ts'
import { suite } from '../support/spec.ts'

const test = suite('shell programs of tasks', { needs: ['dash', 'busybox'] })
const folder = folderOf(test)

const shells = [
  ['dash', []],
  ['busybox', ['sh']],
] as const

/** Runs a program; `bin` holds programs that come first in PATH. */
const run = (
  [shell, words]: (typeof shells)[number],
  text: string,
  { input = '', bin = '' }: { readonly input?: string; readonly bin?: string } = {},
) => {
  const { status, stdout, stderr } = spawnSync(shell, [...words, '-c', text], {
    encoding: 'utf8',
    input,
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
  })
  return { status, stdout, stderr }
}

/** Makes a folder of programs. */
const programs = (name: string, scripts: Readonly<Record<string, string>>): string => {
  mkdirSync(folder.at(name), { recursive: true })
  for (const [file, text] of Object.entries(scripts))
    chmodSync(folder.write(`${name}/${file}`, `#!/bin/sh\n${text}\n`), 0o755)
  return folder.at(name)
}

for (const shell of shells) {
  test(`${shell[0]}: a signature of swap is found at the end of a page of any size`, () => {
    const signed = folder.write('signed', `${'x'.repeat(16_374)}SWAPSPACE2`)
    assert.is(run(shell, sent('tasks/system/swap-signature.sh', signed)).status, 0)
    assert.is(run(shell, sent('tasks/system/swap-signature.sh', folder.write('plain', 'x'))).status, 1)
  })

  test(`${shell[0]}: a unit is verified in a folder of its own, and a drop-in beside its unit`, () => {
    const bin = programs(`systemd-${shell[0]}`, {
      // a stand-in that refuses `bad`, and reports a line that it ignores
      'systemd-analyze': `for f in "$3" "$3".d/*.conf; do [ -f "$f" ] || continue
  ! grep -q bad "$f" || { echo "$f: bad"; exit 1; }
  ! grep -q odd "$f" || echo "$f:1: Failed to parse odd"
done`,
    })
    const verify = (text: string, name: string, unit = '') => {
      const words = [folder.write('content', text), 'a.service', name, unit]
      return run(shell, sent('tasks/system/units/verify-unit.sh', ...words), { bin }).status
    }
    assert.is(verify('good', 'a.service'), 0)
    assert.is(verify('bad', 'a.service'), 1)
    assert.is(verify('odd', 'a.service'), 1)
    const dropIn = 'a.service.d/x.conf'
    assert.is(verify('good', dropIn, folder.write('good.service', 'good')), 0)
    assert.is(verify('bad', dropIn, folder.write('good.service', 'good')), 1)
    // it was faulty before
    assert.is(verify('good', dropIn, folder.write('bad.service', 'bad')), 0)
    assert.is(verify('good', dropIn, folder.at('no.service')), 1)
  })

  test(`${shell[0]}: other files are found with their lines that have the word; links to the own one are not`, () => {
    mkdirSync(folder.at(`conf-${shell[0]}`))
    const own = folder.write(`conf-${shell[0]}/own.conf`, 'a.b = 1\n')
    const other = folder.write(`conf-${shell[0]}/x.conf`, 'a.b = 2\nc = 3\n')
    symlinkSync(own, folder.at(`conf-${shell[0]}/z.conf`))
    const pattern = folder.at(`conf-${shell[0]}/*.conf`)
    const { stdout } = run(shell, sent('tasks/system/drop-ins/other-files.sh', own, 'a.b', '/none', pattern))
    assert.is(stdout, `${other}\n a.b = 2\n`)
  })

  test(`${shell[0]}: only jobs of at of the acting user are listed; if atq fails, so does the list`, () => {
    const jobs = `printf '3\\tThu Jan 31 03:00:00 2030 b %s\\n4\\tThu Jan 31 03:00:00 2030 a other\\n' "$(id -un)"`
    const list = (atq: string) => {
      const bin = programs(`at-${shell[0]}`, { atq, at: "printf '#!/bin/sh\\n# mine\\na  b\\n\\n# end\\n'" })
      return run(shell, sent('tasks/system/at-jobs.sh', '# mine', '# end'), { bin })
    }
    assert.equal([list(jobs).status, list(jobs).stdout], [0, '3\n.a  b\n.\n'])
    assert.equal([list('true').status, list('true').stdout], [0, ''])
    assert.is(list('echo no permission >&2; exit 1').status, 1)
  })

  test(`${shell[0]}: a script keeps all its bytes, runs with its arguments, and is removed`, () => {
    const text = 'echo "$@"; dirname "$0"\n\n'
    const command = `${sent('tasks/system/commands/place-script.sh', text.length)}\nsh "$d/script" 'a b' c </dev/null`
    const { status, stdout } = run(shell, command, { input: text })
    const [words, place = ''] = stdout.split('\n')
    assert.equal([status, words], [0, 'a b c'])
    assert.is(spawnSync('ls', [place]).status === 0, false)
    const half = run(shell, sent('tasks/system/commands/place-script.sh', 99), { input: text })
    assert.is(half.status, 1)
    assert.match(half.stderr, 'there is no room')
  })

  test(`${shell[0]}: archives are listed with their manifests`, () => {
    const name = `archives-${shell[0]}`
    mkdirSync(folder.at(name))
    folder.write(`${name}/manifest.json`, '[\n{}]\n')
    spawnSync('tar', ['-cf', folder.at(`${name}/a b.tar`), '-C', folder.at(name), 'manifest.json'])
    assert.is(
      run(shell, sent('tasks/kubernetes/list-archives.sh', folder.at(name))).stdout,
      'a b.tar\t[{}]\n',
    )
    assert.is(run(shell, sent('tasks/kubernetes/list-archives.sh', folder.at('none'))).status, 3)
  })

  test(`${shell[0]}: etcd is asked with curl, at every version of its gateway and every address`, () => {
    const name = `etcd-${shell[0]}`
    const [ca = '', crt = '', key = ''] = ['ca', 'a.crt', 'a.key'].map((file) =>
      folder.write(`${name}-${file}`, 'x'),
    )
    const first = [ca, crt.replace(/\.crt$/, ''), folder.at('none'), 'a/b', '{"x":1}', 10] as const
    const ask = (bin: string, ...urls: readonly string[]) =>
      run(shell, sent('tasks/kubernetes/etcd/ask-members.sh', ...first, ...urls), { bin })
    const curl = (text: string): string => programs(`curl-${name}`, { curl: `for url; do :; done\n${text}` })

    assert.is(
      ask(curl('printf "%s\\n200" "$*"'), 'https://m1:2379').stdout,
      'https://m1:2379\t200\t-q -sS -g --noproxy * --proto =https --connect-timeout 5 --max-time 10 ' +
        `--cacert ${ca} --cert ${crt} --key ${key} -H Content-Type: application/json --data-binary {"x":1} ` +
        '-w \\n%{http_code} --url https://m1:2379/v3/a/b\n',
    )
    const old = curl(
      'case $url in */v3beta/*) printf "{}\\n200" ;; *) printf "404 page not found\\n\\n404" ;; esac',
    )
    assert.is(ask(old, 'https://m1:2379').stdout, 'https://m1:2379\t200\t{}\n')
    // what the gateway itself does not find is not asked for again
    const gone = curl('echo "$url" >&2; printf "{\\"code\\":5}\\n404"')
    const [, ...more] = ask(gone, 'https://m1:2379').stdout.split('/v3')
    assert.is(more.length, 1)
    const none = curl('echo "curl: (7) Failed to connect to $url" >&2; printf "\\n000"; exit 7')
    assert.equal(ask(none, 'https://m1:1', 'https://m2:1').stdout.split('\n').toSorted(), [
      '',
      'https://m1:1\tsilent\tcurl: (7) Failed to connect to https://m1:1/v3/a/b ',
      'https://m2:1\tsilent\tcurl: (7) Failed to connect to https://m2:1/v3/a/b ',
    ])
    assert.match(ask(none, 'local').stdout, /^https:\/\/127\.0\.0\.1:2379\tsilent\t[^\n]*\n$/)
    const distrusted = curl('echo "curl: (60) SSL certificate problem" >&2; printf "\\n000"; exit 60')
    assert.match(ask(distrusted, 'https://m1:1').stdout, '\tunasked\tcurl: (60) SSL')
    const refused = curl('echo "curl: (56) tlsv13 alert certificate required" >&2; printf "\\n000"; exit 56')
    assert.match(ask(refused, 'https://m1:1').stdout, '\tunasked\t')
    const six = curl(
      'case $url in *::1*) printf "{}\\n200" ;; *) echo "curl: (7) Failed to connect to $url" >&2; printf "\\n000"; exit 7 ;; esac',
    )
    assert.is(ask(six, 'local').stdout, 'https://[::1]:2379\t200\t{}\n')
  })

  test(`${shell[0]}: without curl, kubectl asks etcd`, () => {
    const name = `etcd-kubectl-${shell[0]}`
    const [ca = '', crt = '', key = ''] = ['ca', 'a.crt', 'a.key'].map((file) =>
      folder.write(`${name}-${file}`, 'x'),
    )
    const words = sent(
      'tasks/kubernetes/etcd/ask-members.sh',
      ca,
      crt.replace(/\.crt$/, ''),
      folder.at('none'),
      'a/b',
      '{"x":1}',
      10,
      'https://m1:2379',
    )
    /** A host with these programs and no others. */
    const ask = (text: string | undefined) => {
      const tools = ['tr', 'cut', 'cat', 'sh', 'echo'].map(
        (tool) => [tool, `exec /bin/${tool} "$@"`] as const,
      )
      const bin = programs(`${name}-${text?.length ?? 0}`, {
        ...Object.fromEntries(tools),
        ...(text !== undefined && { kubectl: text }),
      })
      return run(shell, `PATH=${bin}\n${words}`)
    }
    assert.is(
      ask('echo "$* $NO_PROXY $(cat)"').stdout,
      `https://m1:2379\t200\t--kubeconfig=/dev/null --server=https://m1:2379 --certificate-authority=${ca} ` +
        `--client-certificate=${crt} --client-key=${key} --request-timeout=10s create --raw /v3/a/b -f - * {"x":1}\n`,
    )
    for (const [text, what] of [
      ['Error from server (NotFound): the server could not find the requested resource', '404'],
      ['Error from server: the server responded with the status code 412', 'error'],
      [
        'The connection to the server m1:2379 was refused - did you specify the right host or port?',
        'silent',
      ],
      ['Unable to connect to the server: x509: certificate signed by unknown authority', 'unasked'],
    ] as const)
      assert.is(ask(`echo ${JSON.stringify(text)}; exit 1`).stdout, `https://m1:2379\t${what}\t${text}\n`)
    assert.is(ask(undefined).status, 101)
  })

  test(`${shell[0]}: etcd is asked with the first certificate that the host has, and without one, its manifest decides`, () => {
    const name = `etcd-clients-${shell[0]}`
    const at = (file: string): string => folder.write(`${name}-${file}`, 'x')
    const [ca, manifest] = [at('ca'), at('manifest')]
    const [one = '', two = '', half = ''] = ['one', 'two', 'half'].map((client) =>
      folder.at(`${name}-${client}`),
    )
    at('two.crt')
    at('two.key')
    at('half.crt')
    const bin = programs(`curl-${name}`, { curl: 'printf "%s\n200" "$*"' })
    const ask = (authority: string, clients: readonly string[], etcd: string) =>
      run(
        shell,
        sent(
          'tasks/kubernetes/etcd/ask-members.sh',
          authority,
          clients.join(' '),
          etcd,
          'a',
          '{}',
          1,
          'https://m1:1',
        ),
        { bin },
      )
    assert.match(ask(ca, [half, one, two], manifest).stdout, ` --cert ${two}.crt --key ${two}.key `)
    const none = folder.at('none')
    for (const [authority, clients] of [
      [ca, [half, one]],
      [none, [two]],
    ] as const) {
      assert.is(ask(authority, clients, manifest).status, 103)
      assert.is(ask(authority, clients, none).status, 102)
    }
  })

  test(`${shell[0]}: a container and its draft are found by their exact names`, () => {
    const bin = programs('podman', {
      podman:
        'case "$1 $2" in "ps -a") printf "web\\nweb-new2\\n" ;; "image inspect") exit 1 ;; *) echo "[$3]" ;; esac',
    })
    const find = (name: string, draft: string): string =>
      run(shell, sent('tasks/system/containers/find.sh', name, draft, 'image', 'none-such', 'podman'), {
        bin,
      }).stdout
    assert.is(find('web', 'web-new'), 'podman\n\n[web]\n')
    assert.is(find('web2', 'web-new2'), 'podman draft\n\n')
    const none = run(shell, sent('tasks/system/containers/find.sh', 'a', 'b', 'c', 'none-such'), { bin })
    assert.is(none.status, 101)
  })

  test(`${shell[0]}: options for GNU's wget are not given to busybox's, which does not verify certificates`, () => {
    const ask = (bin: string, secure: number) =>
      run(shell, sent('tasks/network/http/wget.sh', 'http://a', 9, secure, 2, '-t', '1', '--header=x: y'), {
        bin,
      })
    const tool = (name: string): string =>
      programs(`wget-${name}`, { wget: `[ "$1" = --help ] && echo ${name} || echo "$*"` })
    assert.is(ask(tool('gnu'), 1).stdout, '-nv -S -T 9 -t 1 --header=x: y -O - http://a\n')
    assert.is(ask(tool('BusyBox'), 0).stdout, '-S -T 9 --header=x: y -O - http://a\n')
    assert.is(ask(tool('BusyBox'), 1).status, 102)
  })
}
