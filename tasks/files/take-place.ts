import type { Attributes, Remote } from '../../engine/index.ts'
import { attributesOf } from './attributes.ts'

/**
 * Lets a finished file take the place of another. What is not told of owner and mode is as it was there; a new file can be
 * read by all.
 */
export const takePlace = async (
  remote: Remote,
  path: string,
  dest: string,
  attributes: Attributes,
): Promise<void> => {
  // by numbers: not every owner has a name
  await remote.run`if [ -e ${dest} ]; then chown "$(stat -L -c %u:%g -- ${dest})" ${path}; chmod "$(stat -L -c %a -- ${dest})" ${path}; else chmod 0644 ${path}; fi`
  await remote.setAttributes(path, attributesOf(attributes))
  await remote.run`sync -- ${path} 2>/dev/null || sync; mv -f -- ${path} ${dest}`
}
