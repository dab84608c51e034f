/**
 * The rule for all tasks that edit files: every byte outside the edit stays unchanged, and a second edit changes nothing.
 * An editing task that is missing in the table fails the last test.
 */
import { readFile, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { decoded, encoded } from '../../tasks/shared/file-text.ts'
import { linesOf } from '../../tasks/shared/lines.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { suite } from '../support/spec.ts'
import { editors } from './editors.ts'
import type { Editor } from './editors.ts'
import { documentOf, fileOf, rawLines } from './generated-files.ts'

const test = suite('edits change only what they should')

/** The lines that the edit does not touch. If a line is added after the last one, the last one gets a line break. */
const untouched = (text: string, mine: Editor['mine'], open: string | undefined): string[] =>
  rawLines(text)
    .filter((one) => !mine(one.replace(/\r?\n$/, '')))
    .map((one) => (open !== undefined && one.replace(/\r?\n$/, '') === open ? open : one))

for (const [name, { pool, parts, edit, mine }] of Object.entries(editors)) {
  test(name, () =>
    fc.assert(
      fc.property(parts === undefined ? fileOf(pool) : documentOf(parts), (text) => {
        const after = edit(text)
        // a last line without a line break gets one if other lines are added after it
        const last = rawLines(text).at(-1)
        const open = last === undefined || last.endsWith('\n') ? undefined : last
        const grew = open !== undefined && rawLines(after).at(-1) !== open
        assert.equal(
          untouched(after, mine, grew ? open : undefined),
          untouched(text, mine, grew ? open : undefined),
        )
        const pure = ['\n', '\r\n'].find((end) =>
          rawLines(text).every(
            (one) => one === '\u{FEFF}' || !one.endsWith('\n') || one.endsWith('\r\n') === (end === '\r\n'),
          ),
        )
        if (pure !== undefined && linesOf(text).length > 1)
          for (const one of rawLines(after).slice(0, -1))
            assert.ok(
              one === '\u{FEFF}' || one.endsWith('\r\n') === (pure === '\r\n'),
              JSON.stringify([text, after]),
            )
        assert.is(edit(after), after, 'a second edit')
        assert.is(decoded(encoded(after)), after, 'bytes')
      }),
      propertyRuns(parts === undefined ? 200 : 30),
    ),
  )
}

test('any content is read and written as the same bytes', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      assert.equal([...encoded(decoded(bytes))], [...bytes])
    }),
    propertyRuns(2000),
  ))

const tasks = resolve(import.meta.dirname, '../../tasks')

/** Tasks that write a complete new file instead of an edit. */
const completeFiles: ReadonlySet<string> = new Set([
  'kubernetes/rejoin/peer-certificate.ts',
  'kubernetes/rejoin/record.ts',
  // shared functions for reading and writing
  'files/editing/editing.ts',
  'kubernetes/encryption/record.ts',
  // of a kubeconfig only the server changes: a property in endpoint/servers.test.ts
  'kubernetes/endpoint/put-files.ts',
  'kubernetes/etcd/member.ts',
  'kubernetes/etcd/proof.ts',
  'kubernetes/etcd/recovery.ts',
  'kubernetes/etcd/restore.ts',
  'kubernetes/kubeadm-renew.ts',
  'kubernetes/kubeadm/leave-cluster.ts',
  'kubernetes/kubeadm/restarts.ts',
  'kubernetes/kubeadm/shared-files.ts',
  'kubernetes/kubelet-certificate.ts',
  'kubernetes/rotation/make.ts',
  'kubernetes/rotation/signed.ts',
  'kubernetes/reconfigure-kube-proxy.ts',
  'kubernetes/reconfigure/former-files.ts',
  'kubernetes/service-account-keep.ts',
  'kubernetes/service-account-stage.ts',
  'kubernetes/service-accounts/record.ts',
  'kubernetes/user-kubeconfig.ts',
  'kubernetes/write-config.ts',
  'network/firewall.ts',
  'network/load-balancer.ts',
  'network/virtual-ip.ts',
  'network/ssh-key.ts',
  'system/ca-certificate.ts',
  'system/package-repository.ts',
  'system/sudoers.ts',
  'system/timezone.ts',
])

test('every task that edits a file is in the table', async () => {
  const files = (await readdir(tasks, { recursive: true })).filter((file) => file.endsWith('.ts'))
  const listed = new Set(Object.values(editors).map(({ module }) => module))
  const missing: string[] = []
  for (const file of files) {
    const text = await readFile(join(tasks, file), 'utf8')
    const edits = /\bediting(?:<\w+>)?\(\{|\bwriteText\(|\bwriteSshFile\(/.test(text)
    const rewrites = /\.read\(/.test(text) && /\.write\(/.test(text)
    if ((edits || rewrites) && !listed.has(file) && !completeFiles.has(file)) missing.push(file)
  }
  assert.equal(missing.toSorted(), [])
})
