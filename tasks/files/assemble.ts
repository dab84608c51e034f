import { CoxswainError, defineTask, driftUnlessEmpty, remotePath, words, z } from '../../engine/index.ts'
import type { Change, RemoteReader } from '../../engine/index.ts'
import { encoded, readText, shown } from '../shared/file-text.ts'
import { remoteFile } from '../shared/paths.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  followParam,
  settled,
  writeParams,
  written,
} from './content/attributes.ts'
import { withHiddenLines } from './editing/hidden-lines.ts'
import { findBelow } from './finding/find-below.ts'

const params = () =>
  z.object({
    src: remotePath().describe('the folder of the parts on the host'),
    dest: remoteFile().describe('the file that they become'),
    patterns: words()
      .default([])
      .describe(
        'patterns of names as in a shell, such as *.conf; by default all that do not begin with a dot',
      ),
    delimiter: z.string().optional().describe('lines between two parts'),
    ...attributeParams,
    ...writeParams,
    ...followParam,
  })
type Params = z.output<ReturnType<typeof params>>

const closed = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/** @throws `task-failed` for a folder without parts: the file would be emptied. */
const assembled = async (remote: RemoteReader, { src, patterns, delimiter }: Params): Promise<string> => {
  const found = await findBelow(remote, {
    path: src,
    type: 'file',
    patterns,
    exclude: [],
    recurse: false,
    hidden: false,
  })
  if (found === undefined || found.length === 0)
    throw new CoxswainError('task-failed', `${src} has no parts`, {
      hint: 'create them first, or check src and patterns',
    })
  const texts = await Promise.all(found.map(({ path }) => readText(remote, path)))
  const parts = texts.flatMap((text) => (text === undefined ? [] : [closed(text)]))
  return parts.join(delimiter === undefined ? '' : closed(delimiter))
}

/** Writes a file that consists of the files in a folder. */
export const assemble = defineTask({
  name: 'assemble',
  description:
    'Writes a file that consists of the files of a folder on the host, in the order of their names, each with a newline at its end.',
  reads: 'the parts, and the file with its owner and mode',
  example: { src: '/etc/app/conf.d', dest: '/etc/app/app.conf' },
  params,
  title: ({ src, dest }) => `${dest} from the parts in ${src}`,
  writes: ({ dest, ...its }) => written('file', dest, its),

  async check({ remote }, given) {
    const { dest, follow } = given
    const [wanted, found, stat] = await Promise.all([
      assembled(remote, given),
      readText(remote, dest, { follow }),
      remote.stat(dest, { follow: true }),
    ])
    const change: Change = {
      what: dest,
      from: withHiddenLines(shown(found), shown(wanted), ', goes'),
      to: withHiddenLines(shown(wanted), shown(found), ', new'),
    }
    return driftUnlessEmpty([
      ...(found === wanted ? [] : [change]),
      ...(stat === undefined ? [] : attributeChanges(dest, stat, given)),
    ])
  },

  async apply({ remote }, given) {
    const { dest, validate, backup, follow } = given
    const attributes = await settled(remote, dest, attributesOf(given))
    const wanted = await assembled(remote, given)
    if ((await readText(remote, dest, { follow })) === wanted) return remote.setAttributes(dest, attributes)
    await remote.write(dest, encoded(wanted), { validate, backup, ...attributes })
  },
})
