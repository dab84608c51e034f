/** What the programs of a reset do on a scripted host. */
import type { World } from '../../../engine/testing.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'

/** Removes files as remove-paths.sh does, and has nothing mounted. */
export const resetPrograms: NonNullable<World['patterns']> = [
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
