/** A process that own-etcd.sh takes for the etcd of a host, in a mount namespace with a /var/lib and an /etc of its own. */
import { spawnSync } from 'node:child_process'

/**
 * Shell commands that make programs, data, and `start COMMAND...`: it starts a shell named etcd, with `$database` open. The command is
 * what runs it: `env` for nothing special.
 */
const prepare = `
set -e
mount -t tmpfs -o mode=755 tmpfs /var/lib
mkdir -p /var/lib/etcd/member/snap /var/lib/other /var/lib/programs /var/lib/bin
echo host >/var/lib/etcd/member/snap/db
echo other >/var/lib/other/db
cp "$(command -v dash)" /var/lib/programs/etcd
printf '#!/bin/sh\\necho "etcdutl $*"\\n' >/var/lib/programs/etcdutl
chmod 755 /var/lib/programs/*
mkfifo -m 666 /var/lib/stdin /var/lib/ready
exec 8<>/var/lib/stdin
PATH=/var/lib/bin:$PATH
pid=
start() {
  "$@" /var/lib/programs/etcd -c 'echo >/var/lib/ready; read -r _' etcd --data-dir=/var/lib/etcd <&8 8<&- 9<"$database" &
  pid=$!
  read -r _ </var/lib/ready
}
database=/var/lib/etcd/member/snap/db
`

/**
 * Returns what a program prints on a host with such an etcd, its standard error after its output.
 *
 * @param shell what runs it.
 * @param start commands before it, such as `start env`.
 * @param after commands after it.
 */
export const besideEtcd = (
  shell: readonly string[],
  program: string,
  { start = 'start env', after = '' }: { readonly start?: string; readonly after?: string } = {},
): string => {
  const { stdout, stderr } = spawnSync(
    'unshare',
    [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      `${prepare}${start}\nset +e\n"$@" 8<&-\n${after}\n[ -z "$pid" ] || { kill "$pid" && wait "$pid"; } 2>/dev/null`,
      'test',
      ...shell,
      '-c',
      program,
    ],
    { encoding: 'utf8', timeout: 60_000 },
  )
  return `${stdout}${stderr}`
}
