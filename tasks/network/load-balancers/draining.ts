/** What the tasks that drain a server of a load balancer share. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { readText, writeText } from '../../shared/file-text.ts'
import { remoteFile } from '../../shared/paths.ts'
import { nextOf, putConfiguration } from './put.ts'

/** The parameters of both. */
export const drainParams = () => ({
  server: z
    .string()
    .regex(/^[\w.:-]+$/, 'must have letters, digits and . _ : - only')
    .describe('the name of the server in the configuration of haproxy'),
  dest: remoteFile().default('/etc/haproxy/haproxy.cfg').describe('the configuration file of haproxy'),
})

/** The name under which a drained server is predicted under `--check`. */
export const drainOf = (server: string): string => `the drain of the server ${server}`

/** The name under which a server of a load balancer is predicted under `--check`. */
export const serverOf = (server: string): string => `the server ${server} of the load balancer`

/** @throws `task-failed` if the host does not have a configuration of haproxy. */
export const requireConfiguration = async ({ remote, host }: CheckContext, dest: string): Promise<string> => {
  const text = await readText(remote, dest)
  if (text !== undefined) return text
  throw new CoxswainError('task-failed', `${dest} does not exist on ${host.name}`, {
    hint: 'set dest to the configuration of haproxy; ha-masters makes one on the hosts of the group loadbalancers',
  })
}

/** Replaces the configuration, whose owner and mode stay. */
export const replaceConfiguration = async (ctx: ApplyContext, dest: string, text: string): Promise<void> => {
  const next = nextOf(dest)
  await ctx.remote.run`cp -p ${dest} ${next}`
  await writeText(ctx.remote, next, text)
  const hint = 'the configuration in place is unchanged; repair it, and run again'
  await putConfiguration(ctx, { service: 'haproxy', dest, hint })
}
