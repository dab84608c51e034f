import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { containerdConfig } from '../../../tasks/kubernetes/containerd-config.ts'
import { suite } from '../../support/spec.ts'
import { containerd, dumped } from './containerd-world.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('containerd-config')

const path = '/etc/containerd/config.toml'
const sandboxImage = 'registry.k8s.io/pause:3.10.2'
const task = containerdConfig({ sandboxImage })

const written = (run: Awaited<ReturnType<typeof rehearse>>): string =>
  String(run.files.get(path)?.content ?? '')

/** The configuration of the package of Debian 12. */
const debian = `version = 2

[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    [plugins."io.containerd.grpc.v1.cri".cni]
      bin_dir = "/usr/lib/cni" # of the package
      conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.internal.v1.opt"]
    path = "/var/lib/containerd"
`

test('the configuration of a package keeps all else, and containerd is restarted', async () => {
  const run = await rehearse(task, { files: { [path]: debian }, patterns: containerd(2) })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: `sandbox image in ${path}`, from: 'registry.k8s.io/pause:3.6', to: sandboxImage },
    { what: `SystemdCgroup in ${path}`, from: 'false', to: 'true' },
    { what: `CNI plugins in ${path}`, from: '/usr/lib/cni', to: '/opt/cni/bin' },
  ])
  assert.is(
    written(run),
    debian
      .replace('"/usr/lib/cni"', '"/opt/cni/bin"')
      .replace('v1.cri"]\n', 'v1.cri"]\n    sandbox_image = "registry.k8s.io/pause:3.10.2"\n') +
      `
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = true
`,
  )
  assert.equal(run.commands.apply.slice(-2), [
    `mv -f ${path}.coxswain ${path}`,
    'systemctl restart containerd',
  ])
  assert.equal([...run.files.keys()], [path])
})

test('containerd 2 without a file gets one of version 3', async () => {
  const run = await rehearse(task, { patterns: containerd(3) })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(
    written(run),
    `version = 3

[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "registry.k8s.io/pause:3.10.2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
  SystemdCgroup = true
`,
  )
})

test('a single folder of CNI plugins in version 3 is replaced by the list', async () => {
  const text = `version = 3\n[plugins.'io.containerd.cri.v1.runtime'.cni]\nbin_dir = '/usr/lib/cni'\n`
  const run = await rehearse(task, { files: { [path]: text }, patterns: containerd(3) })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(written(run), `cni]\nbin_dirs = ["/opt/cni/bin"]\nbin_dir = ""\n`)
})

test('a CRI that is turned off is turned on, and other plug-ins stay off', async () => {
  // as the package of Docker has it
  const text = '# a comment\ndisabled_plugins = ["cri", "io.containerd.internal.v1.restart"]\n#[grpc]\n'
  const run = await rehearse(task, { files: { [path]: text }, patterns: containerd(2) })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(
    written(run),
    /^version = 2\n# a comment\ndisabled_plugins = \["io.containerd.internal.v1.restart"\]\n#\[grpc\]\n/,
  )
  assert.equal(run.changes.at(-1), {
    what: `disabled_plugins in ${path}`,
    from: 'cri, io.containerd.internal.v1.restart',
    to: 'io.containerd.internal.v1.restart',
  })
})

test('what is right is not written; a containerd that was started before the change is restarted', async () => {
  const right = await rehearse(task, { patterns: containerd(3) }).then(written)
  const same = await rehearse(task, { files: { [path]: right }, patterns: containerd(3) })
  assert.equal([same.outcome, same.commands.apply], ['ok', []])
  const killed = await rehearse(task, {
    files: { [path]: right },
    patterns: containerd(3, { outdated: true }),
  })
  assert.is(killed.outcome, 'changed', String(killed.error))
  assert.equal(killed.commands.apply, ['systemctl restart containerd'])
})

test('cgroupfs', async () => {
  const text = `version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]\n  SystemdCgroup = true\n`
  const run = await rehearse(containerdConfig({ sandboxImage, cgroupDriver: 'cgroupfs' }), {
    files: { [path]: text },
    patterns: containerd(2),
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(written(run), 'SystemdCgroup = false\n')
})

test('a configuration of version 1 is refused, and left as it is', async () => {
  const text = '[plugins.cri]\n  sandbox_image = "x"\n'
  const run = await rehearse(task, { files: { [path]: text }, patterns: containerd(2) })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'has a configuration of version 1')
  assert.match(hintOf(run.error), 'containerd config migrate')
  assert.is(written(run), text)
})

test('a configuration that containerd cannot read is refused', async () => {
  const run = await rehearse(task, { files: { [path]: 'not toml' }, patterns: containerd(2) })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), `containerd cannot read ${path}`)
})

test('settings that another file overrides are refused, and nothing is replaced', async () => {
  const run = await rehearse(task, {
    files: { [path]: debian },
    // the import of a file with another image
    patterns: containerd(2, {
      reads: (text) => dumped(text, 2).replace(/sandbox_image = .*/, 'sandbox_image = "other:1"'),
    }),
    unpredictable: 'containerd reads the new file only when it is written',
  })
  assert.is(run.outcome, 'failed')
  assert.match(
    String(run.error),
    `containerd would still have sandbox image = other:1: ${path} was not changed`,
  )
  assert.equal(
    [...run.files].map(([name, file]) => [name, String(file.content)]),
    [[path, debian]],
  )
})

test('without containerd the state is unknown, and the run fails', async () => {
  const patterns = containerd(2).map(([pattern, reply]): [typeof pattern, typeof reply] =>
    pattern.source.includes('--version') ? [pattern, { code: 127 }] : [pattern, reply],
  )
  const run = await rehearse(task, { patterns })
  assert.equal([run.predicted, run.outcome], ['unknown', 'failed'])
  assert.match(String(run.error), 'containerd is not installed')
})

test('bad parameters are refused', () => {
  assert.throws(() => containerdConfig({ sandboxImage: 'a b' }), /must be an image/)
})
