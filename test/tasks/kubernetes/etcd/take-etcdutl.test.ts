/** Where take-etcdutl.sh takes the program from that restores snapshots. */
import * as assert from 'uvu/assert'
import { besideEtcd } from '../../../support/fake-etcd.ts'
import { sent } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('take-etcdutl', { needs: ['root', 'mounts', 'dash', 'busybox'] })

const program = sent('tasks/kubernetes/etcd/take-etcdutl.sh', '/var/lib/taken')
const after = 'echo "exit $?"; /var/lib/taken/etcdutl version; ls -A /var/lib/taken'

/** Two images that are unpacked, the manifest at a path, and a ctr that shows an image by its name. */
const withoutEtcd = (manifest: string): string => `
mkdir -p /var/lib/taken
mount -t tmpfs tmpfs /etc
mkdir -p "$(dirname ${manifest})"
printf 'spec:\\n  containers:\\n  - command:\\n    - etcd\\n    image: registry.example/etcd:3.5.9-0\\n' >${manifest}
for version in 1 2; do
  mkdir -p /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/$version/fs/usr/local/bin
  cp /var/lib/programs/* /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/$version/fs/usr/local/bin
done
cat >/var/lib/bin/ctr <<'END'
#!/bin/sh
case "$*" in
  '-n k8s.io images mount registry.example/etcd:3.5.9-0 /var/lib/taken/.image')
    mkdir -p /var/lib/taken/.image/usr/local/bin
    printf '#!/bin/sh\\necho 3.5.9\\n' >/var/lib/taken/.image/usr/local/bin/etcdutl
    chmod 755 /var/lib/taken/.image/usr/local/bin/etcdutl ;;
  '-n k8s.io images unmount --rm /var/lib/taken/.image') rm -r /var/lib/taken/.image/usr ;;
  *) exit 1 ;;
esac
END
chmod 755 /var/lib/bin/ctr
`

for (const shell of [['dash'], ['busybox', 'sh']]) {
  const name = shell[0] ?? ''

  test(`${name}: from the etcd that runs`, () => {
    const start = 'mkdir /var/lib/taken\nstart env'
    assert.is(besideEtcd(shell, program, { start, after }), 'exit 0\netcdutl version\netcdutl\n')
  })

  for (const manifest of ['/etc/kubernetes/manifests/etcd.yaml', '/etc/kubernetes/restoring/etcd.yaml'])
    test(`${name}: without one, from the image that ${manifest} names`, () => {
      assert.is(
        besideEtcd(shell, program, { start: withoutEtcd(manifest), after }),
        'exit 0\n3.5.9\netcdutl\n',
      )
    })

  test(`${name}: not from any other image`, () => {
    const start = withoutEtcd('/etc/other.yaml')
    assert.match(besideEtcd(shell, program, { start, after }), /^exit 101\n/)
  })
}
