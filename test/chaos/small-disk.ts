/** Disks that can be filled and freed again: tmpfs, on the host and on the controller. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import type { ChaosHost } from './host.ts'

export interface Small {
  /** Fills it to the last byte. */
  fill(): Promise<void>
  /** Makes it read-only. */
  lock(): Promise<void>
  /** Restores it. */
  free(): Promise<void>
  /** Removes it, if it is not removed with the host. */
  remove(): Promise<void>
}

/** Folders of a host in which tasks write. */
const folders = 'etc srv opt usr/local var/backups root home'

/** Mounts one small disk for the folders in which tasks write. */
export const smallHostDisk = async (host: ChaosHost): Promise<Small> => {
  await host.sh(`set -e; mkdir /small; mount -t tmpfs -o size=96m small /small
for d in ${folders}; do mkdir -p /small/$d; cp -a /$d/. /small/$d/; done
for d in ${folders}; do mount --bind /small/$d /$d; done`)
  return {
    fill: async () => void (await host.sh('head -c 200m /dev/zero >/small/full 2>/dev/null || true')),
    lock: async () => void (await host.sh('mount -o remount,ro /small')),
    free: async () => void (await host.sh('mount -o remount,rw /small; rm -f /small/full')),
    remove: async () => {},
  }
}

/** Mounts a small disk on a folder of this machine. */
export const smallStateDisk = async (folder: string): Promise<Small> => {
  const quiet = $({ quiet: true })
  await quiet`mount -t tmpfs -o size=2m,mode=700 state ${folder}`
  const full = join(folder, 'full')
  return {
    fill: async () => {
      // without a pause, so that the run cannot write in between
      const file = openSync(full, 'w')
      const block = Buffer.alloc(4096)
      try {
        for (;;) writeSync(file, block)
      } catch {
        closeSync(file)
      }
    },
    lock: async () => void (await quiet`mount -o remount,ro ${folder}`.nothrow()),
    free: async () => {
      await quiet`mount -o remount,rw ${folder}`
      rmSync(full, { force: true })
    },
    remove: async () => void (await quiet`umount ${folder}`),
  }
}
