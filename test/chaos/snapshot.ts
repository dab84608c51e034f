/** The state of a host after its runs, as lines that are equal on two hosts where the same was done. */
import type { ChaosHost } from './host.ts'

const roots = '/etc /srv /opt /root /home /usr/local /var/backups /var/spool /var/lib/haproxy'

/**
 * Files from the preparation of a host, backups that tools make at each change of a file, and the file that a killed
 * update-ca-certificates leaves (its next run replaces it).
 */
const notLookedAt =
  '-path /srv/gpg -o -path /srv/image -o -path /srv/repo -o -path /srv/www -o -path /srv/source -o -path "*/.git/logs" -o -path "/etc/*-" -o -path /etc/ssl/certs/ca-certificates.crt.new -o -path /etc/systemd/system/containerd.service -o -path /etc/systemd/system/kubelet.service'

/** Files whose content differs on each host: keys, times, and files that contain them. */
const ownContent = [
  '/etc/hosts',
  '/etc/machine-id',
  '/etc/ssh/ssh_host_',
  '/etc/ssl/app.key',
  '/etc/ssl/certs/',
  '/etc/apt/trusted.gpg.d/',
  '/opt/many.tar.gz',
  '/opt/tool-1.2.tar.gz',
  '/root/.ssh/id_',
  '/srv/Release',
  '/srv/web.',
  '/srv/app/.git/index',
  '/usr/local/share/ca-certificates/',
  '/var/spool/cron/crontabs/',
]

/** Services that are not compared: those of the system itself, and nftables, which becomes active only at boot. */
const otherServices = '(user|session|ssh@|systemd-tmpfiles|podman|containerd|kubelet|nftables)'

const script = `cd /
find ${roots} \\( ${notLookedAt} \\) -prune -o -printf '%y %m %u:%g %p %l\\n' | sort
echo '# content'
find ${roots} \\( ${notLookedAt} \\) -prune -o -type f -print0 | xargs -0 sha256sum | grep -vE ' (${ownContent.join('|')})' | sort -k2
echo '# names'
grep -v containers.internal /etc/hosts | sort
hostname
crontab -l 2>/dev/null
echo '# kernel'
sysctl net.ipv4.ip_forward
findmnt -rno TARGET,SOURCE,FSTYPE | grep ' tmpfs ' | grep ^/srv
nft list table inet coxswain 2>/dev/null || nft list tables
echo '# services'
systemctl list-unit-files --state=enabled,disabled,masked --no-legend --no-pager | grep -vE '^(containerd|kubelet)' | sort
systemctl list-units --type=service --state=active,failed --no-legend --no-pager --plain | awk '{ print $1, $3, $4 }' | grep -vE '^${otherServices}' | sort
echo '# packages'
dpkg-query -W -f '\${Package} \${Version} \${Status}\\n'
apt-mark showhold
echo '# containers'
if [ -e /etc/containers/storage.conf ]; then podman ps --filter status=running --format '{{.Names}} {{.Image}} {{.Ports}}' | sort; podman images --format '{{.Repository}}:{{.Tag}}' | sort; fi
true`

/** The lines of a snapshot. */
export const snapshot = async (host: ChaosHost): Promise<string[]> =>
  (await host.sh(script)).split('\n').filter((line) => line !== '')

/** Lines that only one of two snapshots has: `- ` before missing lines, `+ ` before additional ones. */
export const difference = (wanted: readonly string[], found: readonly string[]): string[] => {
  const [a, b] = [new Set(wanted), new Set(found)]
  return [
    ...wanted.filter((line) => !b.has(line)).map((line) => `- ${line}`),
    ...found.filter((line) => !a.has(line)).map((line) => `+ ${line}`),
  ]
}
