import { CoxswainError } from '../../engine/index.ts'
import type { Attributes, Remote, Stat } from '../../engine/index.ts'
import { attributesOf } from './attributes.ts'

/** What a link leads to, so that it stays one; any other path as it is. */
const behindLinks = async (remote: Remote, path: string): Promise<string> => {
  if ((await remote.stat(path))?.type !== 'link') return path
  const target = await remote.query`readlink -f -- ${path}`.result()
  if (target.ok) return target.stdout.replace(/\n$/, '')
  throw new CoxswainError('task-failed', `${path} is a link that leads nowhere`, {
    hint: 'make the folder that it leads to, or remove the link',
  })
}

/** @throws `task-failed` where something else than a file is: mv would put a file into a folder. */
export const refuseUnlessFile = (path: string, stat: Stat | undefined): void => {
  if (stat === undefined || stat.type === 'file') return
  throw new CoxswainError('task-failed', `${path} is there, but it is no file`, {
    hint: 'move it away first, or give another path',
  })
}

/**
 * Lets commands on the host make a file, beside the one whose place it takes when all went well. What is not told of owner
 * and mode is as it was there; a new file can be read by all.
 *
 * @param make fills the file of the path that it is given, which is there, empty, and open to nobody else.
 */
export const takePlace = async (
  remote: Remote,
  dest: string,
  attributes: Attributes,
  make: (path: string) => Promise<void>,
): Promise<void> => {
  const place = await behindLinks(remote, dest)
  refuseUnlessFile(dest, await remote.stat(place))
  // of a name that nobody can guess: a link of that name, made by others, would lead elsewhere what is written
  const draft = `${place.slice(0, place.lastIndexOf('/'))}/.coxswain.XXXXXX`
  const path = await remote.run`mktemp ${draft}`.text()
  try {
    await make(path)
    // by numbers: not every owner has a name
    await remote.run`if [ -e ${place} ]; then chown "$(stat -c %u:%g -- ${place})" ${path}; chmod "$(stat -c %a -- ${place})" ${path}; else chmod 0644 ${path}; fi`
    await remote.setAttributes(path, attributesOf(attributes))
    await remote.run`sync -- ${path} 2>/dev/null || sync; mv -f -- ${path} ${place}`
  } finally {
    await remote.remove(path)
  }
}
