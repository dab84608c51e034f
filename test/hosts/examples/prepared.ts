/** Preparations for examples of tasks: for tasks that would change nothing otherwise, and for those that need something. */
import { serveWeb } from './web.ts'

/** The result of an example. */
export type Shows = 'a change' | 'all well' | 'a failure'

export interface Prepared {
  /** Commands to run on the host first; they end at the first that fails. */
  readonly prepare?: string
  /** Files that the machine needs that runs the playbook, in the current folder. */
  readonly here?: Readonly<Record<string, string>>
  /** If the kind of the task does not determine it. */
  readonly shows?: Shows
}

/** Settings with which podman works on a host that is a container itself: overlay cannot be mounted on overlay. */
const podman = `mkdir -p /etc/containers
printf '[storage]\\ndriver="vfs"\\nrunroot="/run/containers/storage"\\ngraphroot="/var/lib/containers/storage"\\n' >/etc/containers/storage.conf
printf '[engine]\\nruntime="runc"\\ncgroup_manager="systemd"\\nevents_logger="file"\\n[containers]\\ndefault_ulimits=["nofile=1024:1024","nproc=1000:1000"]\\n' >/etc/containers/containers.conf`

/** An image with a shell and sleep(1), made on the host. */
const image = (name: string): string => `${podman}
mkdir -p /srv/image/bin
cp /bin/sh /usr/bin/sleep /srv/image/bin/
for f in $(ldd /bin/sh /usr/bin/sleep | grep -o '/lib[^ ]*'); do install -D "$f" "/srv/image$f"; done
tar -C /srv/image -c . | podman import -q --change 'CMD ["/bin/sleep","2147483000"]' --change STOPSIGNAL=SIGKILL - ${name}`

/** Empty packages with these names, in a repository on the host. */
const repository = (...names: readonly string[]): string => `mkdir -p /srv/repo; cd /srv/repo
for n in ${names.join(' ')}; do
  mkdir -p $n/DEBIAN
  printf 'Package: %s\\nVersion: 1.0\\nArchitecture: all\\nMaintainer: x <x@example.com>\\nDescription: x\\n' $n >$n/DEBIAN/control
  dpkg-deb -b $n $n.deb >/dev/null
  { cat $n/DEBIAN/control; echo "Filename: ./$n.deb"; echo "Size: $(stat -c %s $n.deb)"
    echo "SHA256: $(sha256sum $n.deb | cut -d' ' -f1)"; echo; } >>Packages
done
rm -f /etc/apt/sources.list.d/* /etc/apt/sources.list
echo 'deb [trusted=yes] file:/srv/repo ./' >/etc/apt/sources.list`

/** A suite without packages, signed by a key that the host trusts. */
const suite = (host: string, name: string): string => `${serveWeb}
rm -f /etc/apt/sources.list.d/* /etc/apt/sources.list
mkdir -p /srv/www/${host}/debian/dists/${name}/main/binary-amd64; cd /srv/www/${host}/debian/dists/${name}
: >main/binary-amd64/Packages
apt-ftparchive -o APT::FTPArchive::Release::Suite=${name} -o APT::FTPArchive::Release::Components=main \\
  -o APT::FTPArchive::Release::Architectures=amd64 release . >/srv/Release
export GNUPGHOME=/srv/gpg; mkdir -m 700 $GNUPGHOME
gpg -q --batch --passphrase '' --quick-gen-key 'x <x@example.com>' rsa2048 sign never 2>/dev/null
gpg --export >/etc/apt/trusted.gpg.d/example.gpg; chmod 644 /etc/apt/trusted.gpg.d/example.gpg
gpg -q --batch --clearsign -o InRelease /srv/Release`

/** A configuration of haproxy with two servers; `m1` has something at its end. */
const haproxy = (end: string): string =>
  `printf 'defaults\\n    mode tcp\\n    timeout connect 5s\\n    timeout client 5s\\n    timeout server 5s\\nfrontend api\\n    bind 127.0.0.1:16443\\n    default_backend apiservers\\nbackend apiservers\\n    server m1 10.0.0.11:6443 check${end}\\n    server m2 10.0.0.12:6443 check\\n' >/etc/haproxy/haproxy.cfg`

/** A repository with a tag, served as files. */
const gitServer = `${serveWeb}
git init -q /srv/source; cd /srv/source
echo hello >file; git add .
git -c user.name=a -c user.email=a@example.com commit -qm one
git tag v1.2.0
git clone -q --bare /srv/source /srv/www/git.example/app.git
git -C /srv/www/git.example/app.git update-server-info`

/** By the names of tasks. */
export const prepared: Readonly<Record<string, Prepared>> = {
  alternatives: {},
  archive: {},
  assemble: {
    prepare: 'mkdir -p /etc/app/conf.d; echo a=1 >/etc/app/conf.d/10-a; echo b=2 >/etc/app/conf.d/20-b',
  },
  'acting-user': {},
  addresses: {},
  cpus: {},
  'date-time': {},
  'default-address': {
    prepare:
      'ip link show d0 >/dev/null 2>&1 || { ip link add d0 type bridge; ip addr add 192.0.2.7/24 dev d0; ip link set d0 up; ip route add default via 192.0.2.1; }',
  },
  disks: {},
  'dns-servers': {},
  environment: {},
  groups: {},
  hardware: {},
  'host-names': {},
  'installed-packages': {},
  interfaces: {},
  kernel: {},
  'listening-ports': {},
  load: {},
  memory: {},
  mounts: {},
  'reboot-required': {},
  'security-modules': {},
  services: {},
  'ssh-host-keys': {},
  users: {},
  virtualization: {},
  assert: {},
  'authorized-key': {},
  'block-in-file': {},
  'ca-certificate': {
    prepare: `${serveWeb}; cp /usr/local/share/ca-certificates/web.crt /usr/local/share/ca-certificates/example-ca.crt`,
  },
  'certificate-expiry': { prepare: serveWeb },
  command: {},
  container: { prepare: image('docker.io/library/nginx:1.27') },
  copy: { here: { 'package.json': '{}\n' } },
  'copy-on-host': { prepare: 'echo x >/etc/hostname' },
  'credentials-valid': {},
  cron: {},
  debconf: {},
  debug: {},
  directory: {},
  download: { prepare: `${serveWeb}; echo hello >/srv/www/example.com/tool-1.2.tar.gz` },
  fail: { shows: 'a failure' },
  'preflight-state': {},
  'no-findings': { shows: 'a failure' },
  fetch: {},
  file: {},
  find: {},
  firewall: {},
  'git-checkout': { prepare: gitServer },
  group: {},
  'has-etcd-data': { prepare: 'mkdir -p /var/lib/etcd/member/wal' },
  hostname: {},
  'hosts-entry': {},
  'http-request': {
    prepare: `${serveWeb}; mkdir -p /srv/www/api.example/v1; echo '{"state":"ok"}' >/srv/www/api.example/v1/status`,
    shows: 'all well',
  },
  'ini-setting': { prepare: 'printf "[server]\\nport = 80\\n" >/etc/app.ini' },
  'json-setting': { prepare: 'mkdir /etc/docker' },
  'kernel-module': {},
  'known-host': {},
  limits: {},
  'line-in-file': {},
  link: { prepare: 'mkdir -p /srv/releases/7' },
  'load-balancer': {},
  'load-balancer-can-drain': { prepare: haproxy('') },
  'load-balancer-drain': { prepare: haproxy('') },
  'load-balancer-undrain': { prepare: haproxy(' disabled # drained by coxswain') },
  'load-images': {
    prepare: `${image('localhost/app:1')}; mkdir /opt/images; podman save -q --format docker-archive -o /opt/images/app.tar localhost/app:1`,
  },
  locale: {},
  logrotate: {},
  mount: {},
  'os-release': {},
  'own-addresses': {},
  package: { prepare: `dpkg -r jq >/dev/null; ${repository('jq')}` },
  'package-lists': { prepare: `${repository('jq')}; rm -f /var/lib/apt/periodic/update-success-stamp` },
  'package-hold': {
    prepare: `${repository('kubeadm', 'kubelet')}; dpkg -i kubeadm.deb kubelet.deb >/dev/null`,
  },
  'package-upgrade': {
    prepare: `${repository('tool')}; sed -i 's/1.0/0.5/' tool/DEBIAN/control; dpkg-deb -b tool old.deb >/dev/null; dpkg -i old.deb >/dev/null; apt-get -qq update`,
  },
  'package-repository': { prepare: suite('packages.example', 'bookworm-backports') },
  pause: {},
  permissions: { prepare: 'chmod 0600 /etc/shadow' },
  query: {},
  read: {},
  prune: {
    prepare:
      'mkdir -p /var/backups/app; for n in 1 2 3 4 5 6 7 8 9; do echo >/var/backups/app/$n.tar.gz; done',
  },
  replace: { prepare: 'printf "port = 80\\n" >/etc/app.conf' },
  script: { here: { 'bootstrap.sh': '#!/bin/sh -e\n[ "$1" = --fast ]\n: >/etc/bootstrapped\n' } },
  service: { prepare: 'systemctl disable -q --now ssh' },
  'service-manager': {},
  'service-restart': {},
  shell: {},
  'ssh-key': {},
  stat: {},
  sudoers: {},
  // swap belongs to the machine, and this host does not see it
  'swap-off': {
    prepare:
      'head -n 1 /proc/swaps >/srv/swaps; mount --bind /srv/swaps /proc/swaps; echo "/swap none swap sw 0 0" >>/etc/fstab',
  },
  sysctl: {},
  'systemd-unit': {},
  'temporary-directory': {},
  'temporary-file': {},
  template: { here: { 'site.conf.hbs': 'listen {{port}}\n' } },
  timer: {},
  timezone: {},
  unarchive: {
    prepare:
      'mkdir -p /srv/tool-1.2/bin; echo hello >/srv/tool-1.2/bin/tool; tar -C /srv -czf /opt/tool-1.2.tar.gz tool-1.2',
  },
  user: { prepare: 'groupdel deploy 2>/dev/null || :' },
  'containerd-config': {},
  'encryption-file': { prepare: 'rm -rf /etc/kubernetes/pki /etc/kubernetes/manifests' },
  'user-kubeconfig': {
    prepare: 'mkdir -p /etc/kubernetes; echo "server: https://10.0.0.10:6443" >/etc/kubernetes/admin.conf',
  },
  'wait-for-connection': {},
  'wait-for': { prepare: 'systemctl start ssh' },
  'write-config': {},
  'yaml-setting': {},
}
