/** Parameters of the tasks that make temporary files and directories. */
import { remotePath, z } from '../../../engine/index.ts'
import { plainPath } from '../../shared/paths.ts'

export const temporaryParams = {
  parent: remotePath()
    .transform((path) => (path === '/' ? '' : plainPath(path)))
    .default('/tmp')
    .describe('the folder to make it in'),
  prefix: z
    .string()
    .regex(/^\w[\w.-]*$/, 'must have letters, digits, _, . and - only')
    .default('coxswain')
    .describe('the beginning of its name'),
}
