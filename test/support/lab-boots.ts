/**
 * Lab hosts that reboot as far as containers can: everything that runs ends, logins fail for some seconds, and there is another
 * boot ID afterwards. The container itself stays: with version 1 of cgroups, a systemd that shuts down takes cgroups of other
 * hosts away.
 */
import type { Lab } from '../../lab/types.ts'

/** Takes the place of shutdown(8), which also returns before the host is down. */
const shutdown = `#!/bin/sh
exec systemd-run --quiet --collect --unit=lab-reboot /usr/local/sbin/lab-reboot
`

const reboot = `#!/bin/sh
sleep 1
echo boot >>/var/lib/lab-boots
systemctl stop ssh kubelet
pkill -KILL sshd
for task in $(ctr -n k8s.io tasks ls -q); do ctr -n k8s.io tasks kill -s KILL "$task"; done
systemctl stop containerd
rm -f /run/reboot-required
sleep 5
cat /proc/sys/kernel/random/uuid >/run/boot-id
systemctl start containerd kubelet ssh
`

/** Containers have the boot ID of the machine: this host gets one of its own. */
const install = `set -e
cat /proc/sys/kernel/random/uuid >/run/boot-id
mount --bind /run/boot-id /proc/sys/kernel/random/boot_id
cat >/usr/local/sbin/shutdown <<'END'
${shutdown}END
cat >/usr/local/sbin/lab-reboot <<'END'
${reboot}END
chmod 755 /usr/local/sbin/shutdown /usr/local/sbin/lab-reboot`

/** Makes hosts of a lab able to reboot. */
export const withBoots = async (lab: Lab, hosts: readonly string[]): Promise<void> => {
  for (const host of hosts) {
    const { code, stderr } = await lab.exec(host, install)
    if (code !== 0) throw new Error(`${host}: ${stderr}`)
  }
}

/** How often each host has rebooted. */
export const bootsOf = (lab: Lab, hosts: readonly string[]): Promise<number[]> =>
  Promise.all(
    hosts.map(async (host) => {
      const { stdout } = await lab.exec(host, 'grep -c boot /var/lib/lab-boots')
      return Number(stdout)
    }),
  )
