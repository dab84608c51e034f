/** The part of docs/kubernetes.md about programs that the playbooks install. */

/** A section after that of the preflight. */
export const install = `## Installing programs

By default, \`ha-masters\` and \`workers\` install nothing: containerd, kubeadm, kubelet and kubectl must be there. The variable \`install\` says where they come from
instead. \`upgrade\` takes the programs of each version of its path from there, too, and needs it.

\`\`\`yaml
install: { from: none } # the default

install: { from: packages } # the repository of Kubernetes for the minor release of kubernetes_version

install: # a mirror of it
  from: packages
  repository:
    url: https://mirror.example/kubernetes/{minor}/{format}/ # v1.37; deb or rpm
    key_url: https://mirror.example/kubernetes/{minor}/{format}/Release.key
    key_fingerprint: DE15B14486CD377B9E876E1A234654DA9A296436

install: # without any network: programs and images from a folder on this machine
  from: bundle
  bundles: /srv/bundles # with v1.37.2/ and so on
\`\`\`

| field | with | value |
| --- | --- | --- |
| \`repository\` | packages | \`url\`, \`key_url\`, \`key_fingerprint\` (one or more), \`suites\`, \`components\`; by default the repository of Kubernetes, which has 1.24 and later |
| \`more\` | packages | more packages of the repository: \`cri-tools\` and \`kubernetes-cni\`, with the CNI plugins, by default |
| \`runtime\` | both | \`containerd\`, or \`none\` to leave the container runtime and its configuration as they are |
| \`runtime_package\` | packages | the package of containerd: \`containerd\` by default, \`containerd.io\` in the repository of Docker |
| \`runtime_repository\` | packages | a repository with that package, as for \`repository\`; by default those that the host has |
| \`sandbox_image\` | both | the image that holds a pod's namespaces; by default the one that kubeadm of \`kubernetes_version\` asks for, in \`image_repository\` |
| \`bundles\` | bundle | the folder on this machine with a bundle for each version |
| \`units\` | bundle | whether the units of the kubelet and containerd are written for systemd (\`true\`) |

What is done, and when:

- Programs are installed on hosts that are not nodes yet: they do not have \`/etc/kubernetes/kubelet.conf\`. Nodes are changed by \`upgrade\` alone, kubeadm before the control plane of a
  version, kubelet and kubectl after it.
- **Packages** are those of the exact version, and are held, so that an upgrade of the system does not replace them; \`upgrade\` releases and holds them again. The key of the
  repository is downloaded by the host, which needs curl or wget, and refused if its fingerprint is another. A repository that cannot be read is removed again. A key
  whose end was moved by its owner has the same fingerprint: remove \`kubernetes.asc\` in \`/etc/apt/keyrings\` to have it downloaded again.
- Where a package of containerd of another name is installed, the run is refused, because the package manager would remove it with all that depends on it. A bundle with a
  runtime is refused where any is installed, because its next update would replace the programs of the bundle: remove the package, or set \`runtime: none\`.
- **Bundles** have \`bin/\` (kubeadm, kubelet, kubectl), \`images/\` (archives), \`runtime/\` (containerd, its shim, ctr, runc), \`cni/\` (CNI plugins), \`tools/\` (crictl), and
  \`SHA256SUMS\` with the sum of every file, as \`sha256sum\` writes it. Before anything is sent, the sums are verified, and the architecture of the programs is compared with that of the
  host. \`cni/\` and \`tools/\` can be missing; without \`runtime/\`, set \`runtime: none\`.
- **Units** with a bundle: \`/etc/systemd/system/kubelet.service\`, its drop-in \`10-kubeadm.conf\`, and \`containerd.service\`. Packages bring their own.
- **containerd** gets what a kubelet needs in \`/etc/containerd/config.toml\`, in its version 2 or 3, and nothing else there is changed: its CRI is turned on, \`SystemdCgroup\` is as
  \`cgroup_driver\` (by default that of kubeadm), the sandbox image, and \`/opt/cni/bin\` as the folder of the CNI plugins. containerd reads the new file before it replaces the former one; a file of
  version 1, and settings that another file overrides, are refused. containerd is then restarted, also in the next run where a run was killed before that.
  A configuration of a host that is a node is not changed, so \`upgrade\` leaves the sandbox image as it is.
- \`preflight\` does not name programs that would be installed. CRI-O is not installed: prepare it on the hosts, with \`runtime: none\`, \`container_service: crio\` and \`cri_socket\`. The
  images of a bundle are not loaded into it: load them yourself, or let it have a registry.
- With \`image_repository\`, kubeadm asks for images of that registry, and not for those of the bundle, which keep the names of their own.
- The programs of a bundle with a runtime are in \`/usr/bin\`. containerd is restarted if it runs from before them; pods keep running meanwhile.
- \`from: packages\` needs the plugin versionlock of dnf on hosts of the RHEL family: \`dnf install 'dnf-command(versionlock)'\`. Their own repositories have no containerd: give
  \`runtime_repository\` and \`runtime_package: containerd.io\`.

### Making a bundle

\`bundle\` makes one on this machine, which can reach the network, or a mirror in a folder. Its inventory has \`localhost: { connection: local }\`:

\`\`\`text
$ npx run playbooks/bundle.ts -i here.yaml -e @bundle.yaml -e kubernetes_version=v1.37.2 -e bundle_folder=/srv/bundles
play 1/1: a bundle of the release (1 host)
  localhost  > kubeadm v1.37.2
  localhost  > kubelet v1.37.2
  localhost  > kubectl v1.37.2
  localhost  > runtime: runc.amd64
  localhost  > registry.k8s.io/pause:3.10.2
  …
  localhost  changed  bundle of v1.37.2 for amd64  0.3 s
\`\`\`

\`\`\`yaml
# bundle.yaml: files of other projects, each with its sum
bundle_more:
  - part: runtime # runtime, cni and tools: the programs in an archive are unpacked
    from: https://mirror.example/containerd-2.2.0-linux-amd64.tar.gz
    sha256: 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
  - part: runtime
    from: https://mirror.example/runc.amd64
    name: runc
    sha256: 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
  - part: images # images and manifests stay as they are
    from: /srv/mirror/flannel.tar
    sha256: 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
\`\`\`

- kubeadm, kubelet and kubectl come from \`bundle_from\`: a URL or a folder with the layout of dl.k8s.io/release, which is the default, with a \`.sha256\` beside each file.
- Images are those that kubeadm of the version names. \`VERSION/images/NAME.tar\` of \`bundle_from\` is taken where it is there, else the image comes from its registry with skopeo or podman. With
  \`bundle_images: false\` there are none, for hosts that have a registry (\`image_repository\`).
- \`bundle_architecture\` is \`amd64\` by default. For another one, kubeadm of this machine names the images, so \`bundle_from\` needs both.
- A bundle of the same parts with the right sums is not made again. A former one stays until the new one is complete. \`bundle_archive: /srv/v1.37.2.tar\` also makes an archive, to carry it.
- The output is of a release of small stand-ins; downloads of the official one, and images by skopeo and podman, have not been run yet.

What has been run on real hosts (\`test/hosts/kubernetes/install.test.ts\`): programs, units and containerd 1.6 of a bundle, and packages of a signed repository of two minor releases, on Debian 12. The programs of Kubernetes
there are stand-ins. containerd 2 and packages in the format of rpm are tried without a host only, and no cluster has been built with \`install\` yet.
`
