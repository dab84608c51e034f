import { defineTask, ok, z } from '../../engine/index.ts'
import { temporaryParams } from './content/temporary.ts'

/** Makes an empty file that only the acting user can read; its path is the value of the task. */
export const temporaryFile = defineTask({
  name: 'temporary-file',
  description:
    'Makes an empty file with a new name, which only the acting user can read. Its path is the value of the task; it stays until it is removed.',
  example: {},
  params: () => z.object(temporaryParams),
  title: ({ prefix }) => `temporary file ${prefix}`,
  async apply({ remote }, { parent, prefix }) {
    return ok({ path: await remote.run`mktemp ${`${parent}/${prefix}.XXXXXX`}`.text() })
  },
})
