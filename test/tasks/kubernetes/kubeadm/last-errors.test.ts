/** The cause that a host knows when kubeadm fails. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../../engine/index.ts'
import { rehearse } from '../../../../engine/testing.ts'
import { kubeadmInit } from '../../../../tasks/kubernetes/kubeadm-init.ts'
import { distinctErrors } from '../../../../tasks/kubernetes/kubeadm/last-errors.ts'
import { folderOf } from '../../../support/folder.ts'
import { sentPattern, shellText } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'
import { readyz } from '../master-world.ts'

const test = suite('last errors of a host')
const { at } = folderOf(test)

const program = 'tasks/kubernetes/kubeadm/last-errors.sh'

/** What kubelet 1.37 logs on a host with cgroup v1, once in each of its starts. */
const refused = (second: number): string =>
  `kubelet\tE1129 03:00:0${second}.123456   12${second} run.go:72] "command failed" err="failed to validate kubelet configuration: kubelet is configured to not run on a host using cgroup v1"`

test('messages that differ in times and numbers only are shown once, with their source', () => {
  assert.equal(
    distinctErrors(
      [
        refused(1),
        refused(2),
        'etcd\t2026-11-29T03:00:00.1Z stderr F {"level":"fatal","msg":"no space left on device"}',
        refused(3),
        '',
      ].join('\n'),
    ),
    [
      'kubelet: "command failed" err="failed to validate kubelet configuration: kubelet is configured to not run on a host using cgroup v1"',
      'etcd: {"level":"fatal","msg":"no space left on device"}',
    ],
  )
  assert.equal(distinctErrors('noise without a tab\n'), [])
})

test('only the last four of a source are shown, each completely', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  assert.equal(
    distinctErrors(names.map((name) => `kubelet\tE1129 03:00:00.1 12 x.go:1] ${name}`).join('\n')),
    ['c', 'd', 'e', 'f'].map((name) => `kubelet: ${name}`),
  )
  // a part of a secret would not be masked
  assert.equal(distinctErrors(`etcd\t${'x'.repeat(3000)}\ty`), [`etcd: ${'x'.repeat(3000)}\ty`])
})

const failing = (log: string, stderr = 'error execution phase wait-control-plane') =>
  rehearse(kubeadmInit({ version: 'v1.37.2', address: '10.0.0.1' }), {
    patterns: [
      readyz(0),
      [/^kubeadm version -o short$/, 'v1.37.2'],
      [/^kubeadm init --config/, { code: 1, stderr }],
      [sentPattern(program), log],
    ],
  })

test('an init that fails shows them below the output of kubeadm, with the same code', async () => {
  const { error, outcome } = await failing(`${refused(1)}\n${refused(2)}\n`)
  assert.is(outcome, 'failed')
  assert.ok(isCoxswainError(error))
  assert.is(error.code, 'command-failed')
  assert.match(error.message, 'kubeadm init')
  assert.match(
    error.output ?? '',
    /wait-control-plane[^]*last errors on \S+:\n {2}kubelet: "command failed" err="failed to/,
  )
  assert.match(error.hint, 'usually names the cause')
})

test('without a log, and where kubeadm names the cause, its error is as it was', async () => {
  for (const [log, stderr] of [
    ['', undefined],
    [refused(1), '[preflight] Some fatal errors occurred:\n\t[ERROR NumCPU]: too few'],
  ] as const) {
    const { error } = await failing(log, stderr)
    assert.ok(isCoxswainError(error))
    assert.not.match(error.output ?? '', 'last errors')
  }
})

test('the program reads the log of the kubelet and of the last start of each static pod', () => {
  mkdirSync(at('bin'), { recursive: true })
  writeFileSync(
    at('bin/journalctl'),
    `#!/bin/sh\nprintf '%s\\n' 'I1129 03:00:00.1 12 x.go:1] fine' 'E1129 03:00:01.1 12 x.go:1] broken' 'W1129 03:00:00.9 12 predicate.go:1] Failed to admit pod etcd-m1' '{"ts":1,"v":0,"msg":"fine"}' '{"ts":1,"msg":"command failed","err":"cgroup v1"}'\n`,
  )
  chmodSync(at('bin/journalctl'), 0o755)
  for (const [file, text] of [
    ['kube-system_etcd-m1_1/etcd/0.log', 'T stderr F old error\n'],
    ['kube-system_etcd-m1_1/etcd/10.log', 'T stderr F fine\nT stderr F fatal: disk full\n'],
    ['kube-system_etcd-m1_1/etcd/9.log', 'T stderr F older error\n'],
    ['kube-system_etcd-m1_1/etcd/10.log.20250101-000000', 'T stderr F rotated error\n'],
    // right after a restart, the newest file does not have the cause yet
    ['kube-system_kube-controller-manager-m1_1/kube-controller-manager/3.log', 'T stderr F starting\n'],
    ['kube-system_kube-controller-manager-m1_1/kube-controller-manager/2.log', 'T stderr F panic: cause\n'],
    ['kube-system_kube-controller-manager-m1_1/kube-controller-manager/1.log', 'T stderr F panic: older\n'],
    ['kube-system_kube-scheduler-m1_1/kube-scheduler/0.log', `T stderr F error ${'x'.repeat(5000)}\n`],
    ['kube-system_kube-apiserver-m1_1/kube-apiserver/0.log', 'T stderr F error of another day\n'],
    ['kube-system_coredns-x_1/coredns/0.log', 'T stderr F error of another pod\n'],
  ] as const) {
    mkdirSync(join(at('pods'), file, '..'), { recursive: true })
    writeFileSync(join(at('pods'), file), text)
  }
  const yesterday = Date.now() / 1000 - 86_400
  utimesSync(at('pods/kube-system_kube-apiserver-m1_1/kube-apiserver/0.log'), yesterday, yesterday)
  const script = shellText(program).replace('/var/log/pods/', `${at('pods')}/`)
  for (const shell of ['dash', 'bash']) {
    const { stdout, status } = spawnSync(shell, ['-c', script, 'sh', '60'], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${at('bin')}:${process.env['PATH']}` },
    })
    assert.is(status, 0, shell)
    assert.is(
      stdout,
      'kubelet\tE1129 03:00:01.1 12 x.go:1] broken\nkubelet\t{"ts":1,"msg":"command failed","err":"cgroup v1"}\nrefused by the kubelet\tW1129 03:00:00.9 12 predicate.go:1] Failed to admit pod etcd-m1\netcd\tT stderr F fatal: disk full\nkube-controller-manager\tT stderr F panic: cause\n',
    )
  }
})

test('of a kubelet that systemd cannot start, or that was killed, the program says what systemd and the runtime of Go say', () => {
  mkdirSync(at('systemd'), { recursive: true })
  const causes = [
    'kubelet.service: Failed to locate executable /usr/bin/kubelet: No such file or directory',
    'kubelet.service: Failed at step EXEC spawning /usr/bin/kubelet: Exec format error',
    'kubelet.service: Failed to load environment files: No such file or directory',
    'kubelet.service: Main process exited, code=dumped, status=4/ILL',
    'kubelet.service: A process of this unit has been killed by the OOM killer.',
    'panic: runtime error: invalid memory address or nil pointer dereference',
  ]
  const noise = [
    'Started kubelet.service - kubelet: The Kubernetes Node Agent.',
    'kubelet.service: Scheduled restart job, restart counter is at 12.',
    "kubelet.service: Failed with result 'exit-code'.",
    'kubelet.service: Main process exited, code=exited, status=1/FAILURE',
  ]
  writeFileSync(at('systemd/log'), [...noise, ...causes].map((line) => `${line}\n`).join(''))
  writeFileSync(at('systemd/journalctl'), `#!/bin/sh\ncat ${at('systemd/log')}\n`)
  chmodSync(at('systemd/journalctl'), 0o755)
  const script = shellText(program).replace('/var/log/pods/', `${at('none')}/`)
  const { stdout } = spawnSync('dash', ['-c', script, 'sh', '60'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${at('systemd')}:${process.env['PATH']}` },
  })
  assert.is(stdout, causes.map((line) => `kubelet\t${line}\n`).join(''))
})
