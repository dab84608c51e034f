/**
 * Where the host's own programs are. It comes first in the PATH of every shell: a `stat` or `sudo` in the login user's
 * `~/bin` is never run as another user, nor by our own scripts. Only root writes into these folders (the later ones are
 * those of NixOS, Flatcar and snap).
 */
export const systemPath =
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/wrappers/bin:/run/current-system/sw/bin:/opt/bin:/snap/bin'
