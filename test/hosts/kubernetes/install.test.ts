/**
 * What `install` puts on a host: programs of a bundle, which systemd and containerd then run, and packages of a signed repository, as dpkg and apt
 * see them. The programs of Kubernetes are stand-ins that say their version; containerd is the real one.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { isTask } from '../../../engine/dsl/types.ts'
import type { Task } from '../../../engine/dsl/types.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import { programsOf } from '../../../playbooks/control-plane-programs.ts'
import { installVar } from '../../../playbooks/install-vars.ts'
import { bundlePart } from '../../../tasks/kubernetes/bundle-part.ts'
import { containerdConfig } from '../../../tasks/kubernetes/containerd-config.ts'
import { containerdUnit, kubeletDropIn, kubeletUnit } from '../../../tasks/kubernetes/kubeadm/units.ts'
import { kubernetesPrograms } from '../../../tasks/kubernetes/kubernetes-programs.ts'
import { service } from '../../../tasks/system/service.ts'
import { systemdUnit } from '../../../tasks/system/systemd-unit.ts'
import { folderOf } from '../../support/folder.ts'
import { makeKey, publishDebs, signDebs } from '../../support/package-repositories.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'
import { serveWeb } from '../examples/web.ts'

const test = suite('installing Kubernetes on real hosts')
const folder = folderOf(test)

const version = 'v1.37.2'
const runtime = ['containerd', 'ctr', 'containerd-shim-runc-v2']
const config = '/etc/containerd/config.toml'
const sandboxImage = 'registry.k8s.io/pause:3.10.2'

/** A bundle with stand-ins, and the programs of containerd from a host. */
const makeBundle = async (host: RealHost): Promise<string> => {
  const says = (text: string): string => `#!/bin/sh\necho '${text}'\n`
  const texts = {
    'bin/kubeadm': says(version),
    'bin/kubelet': says(`Kubernetes ${version}`),
    'bin/kubectl': says(`Client Version: ${version}`),
    'cni/bridge': says('bridge'),
    'tools/crictl': says('crictl version v1.37.0'),
  }
  for (const [path, text] of Object.entries(texts)) folder.write(`bundle/${path}`, text)
  folder.write('bundle/runtime/.keep', '')
  const files = await host.files()
  for (const name of runtime) copyFileSync(join(files, 'usr/bin', name), folder.at(`bundle/runtime/${name}`))
  const paths = [...Object.keys(texts), ...runtime.map((name) => `runtime/${name}`)]
  const sums = paths.map((path) => {
    const sum = createHash('sha256').update(readFileSync(folder.at(`bundle/${path}`)))
    return `${sum.digest('hex')}  ${path}\n`
  })
  folder.write('bundle/SHA256SUMS', sums.join(''))
  return dirname(folder.at('bundle/SHA256SUMS'))
}

/** The tasks among steps; all are, where nothing depends on a value of the host. */
const tasksIn = (steps: readonly Step[]): Task[] => steps.filter(isTask)

for (const host of realHosts('debian')) {
  test(`${host.name}: programs, units and containerd of a bundle`, async () => {
    const bundle = await makeBundle(host)
    await host.sh(`systemctl disable -q --now containerd kubelet
rm -rf /etc/containerd /etc/systemd/system/kubelet.service* /lib/systemd/system/containerd.service
rm -f ${runtime.map((name) => `/usr/bin/${name}`).join(' ')}
systemctl daemon-reload`)

    await host.proves(kubernetesPrograms({ version, bundle }))
    assert.is((await host.sh('kubeadm version -o short')).trim(), version)
    await host.proves(bundlePart({ bundle, part: 'cni', folder: '/opt/cni/bin' }))
    assert.is((await host.sh('/opt/cni/bin/bridge')).trim(), 'bridge')
    await host.proves(bundlePart({ bundle, part: 'tools', folder: '/usr/local/bin' }))
    await host.proves(systemdUnit({ name: 'kubelet.service', content: kubeletUnit }))
    await host.proves(systemdUnit({ name: 'kubelet.service', dropIn: '10-kubeadm', content: kubeletDropIn }))
    assert.match(
      await host.sh('systemctl show kubelet --property=ExecStart,EnvironmentFiles,FragmentPath,Environment'),
      /KUBELET_CONFIG_ARGS[^]*argv\[\]=\/usr\/bin\/kubelet \$KUBELET_KUBECONFIG_ARGS|argv\[\]=\/usr\/bin\/kubelet \$KUBELET_KUBECONFIG_ARGS[^]*KUBELET_CONFIG_ARGS/,
    )

    assert.is((await host.execute(containerdConfig({ sandboxImage }), true)).outcome, 'unknown')
    await host.proves(bundlePart({ bundle, part: 'runtime', folder: '/usr/bin' }))
    await host.proves(systemdUnit({ name: 'containerd.service', content: containerdUnit }))
    await host.proves(containerdConfig({ sandboxImage }))
    await host.proves(service({ name: 'containerd', state: 'started', enabled: true }))
    assert.is((await host.sh('systemctl is-active containerd')).trim(), 'active')
    assert.match(await host.sh('ctr version'), /Server:\s+Version: +1\.6/)
    // another program in its place, which was written after containerd had started
    await host.sh(`started=$(date -d "$(systemctl show containerd --property=ExecMainStartTimestamp --value)" +%s)
while [ "$(date +%s)" -le "$started" ]; do sleep 0.1; done
touch /usr/bin/containerd`)
    await host.proves(containerdConfig({ sandboxImage }))
    const dump = await host.sh('containerd config dump')
    assert.match(dump, `sandbox_image = "${sandboxImage}"`)
    assert.match(dump, 'SystemdCgroup = true')
    assert.match(await host.sh('ctr plugins ls'), /io\.containerd\.grpc\.v1 +cri +\S+ +ok/)
  })

  test(`${host.name}: containerd that was configured by others keeps their settings`, async () => {
    await host.sh(`cat >${config} <<'END'
version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri"] # of a package
[plugins."io.containerd.grpc.v1.cri"]
  max_container_log_line_size = 4711
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
END
systemctl restart containerd`)
    await host.proves(containerdConfig({ sandboxImage }))
    const dump = await host.sh('containerd config dump')
    for (const line of [
      'max_container_log_line_size = 4711',
      'SystemdCgroup = true',
      'bin_dir = "/opt/cni/bin"',
      'runtime_type = "io.containerd.runc.v2"',
      `sandbox_image = "${sandboxImage}"`,
    ])
      assert.match(dump, line)
    assert.match(await host.sh('ctr plugins ls'), /io\.containerd\.grpc\.v1 +cri +\S+ +ok/)

    // as the package of Docker has it, in which the version is that of the program
    await host.sh(`printf '#   comment\\ndisabled_plugins = ["cri"]\\n#root = "/x"\\n' >${config}`)
    await host.proves(containerdConfig({ sandboxImage }))
    assert.match(await host.sh(`cat ${config}`), /^version = 2\n# {3}comment\ndisabled_plugins = \[\]\n#root/)
    assert.match(await host.sh('ctr plugins ls'), /io\.containerd\.grpc\.v1 +cri +\S+ +ok/)

    // short names are not valid in version 2
    await host.sh(`printf 'disabled_plugins = ["cri", "aufs"]\\n' >${config}`)
    assert.match(
      await host.refuses(containerdConfig({ sandboxImage })),
      `could not read ${config} with these settings: it was not changed`,
    )
    assert.is(
      await host.sh(`cat ${config}; ls /etc/containerd; rm ${config}; systemctl restart containerd`),
      'disabled_plugins = ["cri", "aufs"]\nconfig.toml\n',
    )
    await host.proves(containerdConfig({ sandboxImage }))

    // killed between the new file and the restart: what runs has the former one
    await host.sh(
      `until [ "$(date +%s)" -gt "$(date -d "$(systemctl show containerd -p ExecMainStartTimestamp --value)" +%s)" ]; do :; done; touch ${config}`,
    )
    await host.proves(containerdConfig({ sandboxImage }))

    const before = await host.sh(`printf '[plugins.cri]\\n  x = 1\\n' >${config}; cat ${config}`)
    assert.match(await host.refuses(containerdConfig({ sandboxImage })), 'configuration of version 1')
    assert.is(await host.sh(`cat ${config}; ls /etc/containerd`), `${before}config.toml\n`)
  })

  test(`${host.name}: packages of a version are installed and held, and one minor release after the other`, async () => {
    await host.sh('rm -f /etc/apt/sources.list.d/* /etc/apt/sources.list')
    await makeKey(host, '/root/key')
    await host.sh(`set -e\n${serveWeb}\nGNUPGHOME=/root/key gpg --export >/srv/www/example.com/key.gpg`)
    const names = ['kubeadm', 'kubelet', 'kubectl'] as const
    for (const [minor, patches] of [
      ['v1.36', ['1.36.3', '1.36.4']],
      ['v1.37', ['1.37.2']],
    ] as const) {
      const at = `/srv/kubernetes/${minor}/deb`
      for (const patch of patches)
        await publishDebs(host)(at, ...names.map((name) => ({ name, version: `${patch}-1.1` })))
      await publishDebs(host)(at, { name: 'cri-tools', version: `${minor.slice(1)}.0-1.1` })
      await signDebs(host, at, '/root/key')
    }
    const fingerprint = await host.sh(
      "GNUPGHOME=/root/key gpg --with-colons --fingerprint | sed -n '/^fpr/{s/[^0-9A-F]//g;p;q;}'",
    )
    const install = installVar.parse({
      from: 'packages',
      repository: {
        url: 'file:/srv/kubernetes/{minor}/deb/',
        key_url: 'https://example.com/key.gpg',
        key_fingerprint: fingerprint.trim(),
      },
      more: ['cri-tools'],
    })
    const always = async (): Promise<boolean> => true
    const there = async (): Promise<string> =>
      (await host.sh("dpkg-query -W -f '${Package} ${Version}\\n' kubeadm kubelet kubectl cri-tools")).trim()

    const [repository, free, install36, hold] = tasksIn(programsOf(install, 'v1.36.3', names, always))
    assert.ok(repository && free && install36 && hold)
    await host.proves(repository)
    await host.finds(free)
    await host.proves(install36)
    await host.proves(hold)
    assert.is(
      await there(),
      'cri-tools 1.36.0-1.1\nkubeadm 1.36.3-1.1\nkubectl 1.36.3-1.1\nkubelet 1.36.3-1.1',
    )
    assert.equal((await host.sh('apt-mark showhold')).trim().split('\n').toSorted(), [
      'cri-tools',
      'kubeadm',
      'kubectl',
      'kubelet',
    ])
    assert.match(await host.sh('apt-get -s dist-upgrade'), '0 upgraded, 0 newly installed')

    // as upgrade does it: kubeadm first
    for (const task of tasksIn(programsOf(install, 'v1.37.2', ['kubeadm'], always))) await host.proves(task)
    assert.match(await there(), 'kubeadm 1.37.2-1.1\nkubectl 1.36.3-1.1\nkubelet 1.36.3-1.1')
    for (const task of tasksIn(programsOf(install, 'v1.37.2', ['kubelet', 'kubectl'], always)).slice(1))
      await host.proves(task)
    assert.match(await there(), 'kubeadm 1.37.2-1.1\nkubectl 1.37.2-1.1\nkubelet 1.37.2-1.1')
    assert.equal((await host.sh('apt-mark showhold')).trim().split('\n').length, 4)
  })
}
