/** Zip archives for tests, made by Python. */
import { execFileSync } from 'node:child_process'

/** A member: its name, what it has, and type and mode as an octal number; 0 for one that a program of DOS has put there, not compressed. */
export type ZipMember = readonly [name: string, text: string, mode: string]

const maker = `
import sys, zipfile
path, *members = sys.argv[1:]
with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
    for name, text, mode in zip(members[::3], members[1::3], members[2::3]):
        info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
        info.create_system = 3 if int(mode, 8) else 0
        info.external_attr = int(mode, 8) << 16
        info.compress_type = zipfile.ZIP_DEFLATED if int(mode, 8) else zipfile.ZIP_STORED
        archive.writestr(info, text)
`

/** Writes an archive. Tests that call it need python3. */
export const makeZip = (path: string, members: readonly ZipMember[]): void => {
  execFileSync('python3', ['-c', maker, path, ...members.flat()])
}
