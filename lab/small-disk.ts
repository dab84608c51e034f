/** Disks of lab hosts that can be filled: files with a file system, mounted on this machine. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'

const quiet = $({ quiet: true })

const disksIn = (folder: string): string => join(folder, 'disks')

/** The place on this machine where the disk of a host is mounted. @param folder that of the lab. */
export const diskOf = (folder: string, host: string): string => join(disksIn(folder), host)

/** Makes a new disk for a host. @returns a folder on it that is empty. */
export const newDisk = async (folder: string, host: string, megabytes: number): Promise<string> => {
  const place = diskOf(folder, host)
  const data = join(place, 'data')
  await mkdir(place, { recursive: true, mode: 0o700 })
  await quiet`truncate -s ${megabytes}M ${place}.img`
  await quiet`mkfs.ext4 -q -m 0 ${place}.img`
  await quiet`mount -o loop ${place}.img ${place}`
  await mkdir(data, { mode: 0o700 })
  return data
}

/** Removes all disks of a lab, whose hosts are gone. */
export const removeDisks = async (folder: string): Promise<void> => {
  const disks = disksIn(folder)
  if (!existsSync(disks)) return
  for (const name of await readdir(disks))
    if (!name.endsWith('.img')) await quiet`umount ${join(disks, name)}`.nothrow()
  await rm(disks, { recursive: true, force: true })
}
