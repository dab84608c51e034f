/**
 * The folders of the host's own programs. They come first in the PATH of every shell: a `stat` or `sudo` in the login user's
 * `~/bin` never runs as another user or in our own scripts. Only root can write to these folders (the last ones are
 * those of NixOS, Flatcar and snap).
 */
export const systemPath =
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/wrappers/bin:/run/current-system/sw/bin:/opt/bin:/snap/bin'
