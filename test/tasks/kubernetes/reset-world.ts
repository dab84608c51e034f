/** What the programs of a reset do on a scripted host. */
import type { World } from '../../../engine/testing.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'

/** A configuration of a network that belongs to a package of the host. */
export const packageFile = '/etc/cni/net.d/87-of-a-package.conflist'

/** Removes files as remove-paths.sh does, and has nothing mounted. */
export const resetPrograms: NonNullable<World['patterns']> = [
  [
    sentPattern('tasks/kubernetes/networks/without-package.sh', '/etc/cni/net.d'),
    (_, files) =>
      [...files.keys()]
        .filter((path) => path.startsWith('/etc/cni/net.d/') && path !== packageFile)
        .map((path) => `${path}\n`)
        .join(''),
  ],
  [sentPattern('tasks/kubernetes/reset/unmount.sh'), ''],
  [sentPattern('tasks/kubernetes/reset/list-mounts.sh'), ''],
  [
    sentPattern('tasks/kubernetes/reset/remove-paths.sh'),
    ({ script }, files) => {
      const [what, ...removed] = wordsIn(script).split(' ')
      for (const path of files.keys())
        if (removed.some((at) => path.startsWith(`${at}/`) || (what === 'remove' && path === at)))
          files.delete(path)
      return ''
    },
  ],
]
