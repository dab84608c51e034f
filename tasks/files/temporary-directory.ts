import { defineTask, ok, z } from '../../engine/index.ts'
import { temporaryParams } from './content/temporary.ts'

/** Makes an empty directory that only the acting user can enter; its path is the value of the task. */
export const temporaryDirectory = defineTask({
  name: 'temporary-directory',
  description:
    'Makes an empty directory with a new name, which only the acting user can enter. Its path is the value of the task; it stays until it is removed.',
  example: {},
  params: () => z.object(temporaryParams),
  title: ({ prefix }) => `temporary directory ${prefix}`,
  async apply({ remote }, { parent, prefix }) {
    return ok({ path: await remote.run`mktemp -d ${`${parent}/${prefix}.XXXXXX`}`.text() })
  },
})
