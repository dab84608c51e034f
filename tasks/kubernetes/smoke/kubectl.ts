/** kubectl as a smoke test uses it. */
import type { ApplyContext, Command } from '../../../engine/index.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { namespace } from './objects.ts'

/** Runs kubectl, which may take some seconds. */
export const run = ({ remote }: ApplyContext, words: readonly string[], seconds = 30): Command =>
  remote.run({
    timeout: seconds + 30,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=${`${seconds}s`} ${words}`

/** Runs kubectl for the objects of the smoke test. */
export const inNamespace = (ctx: ApplyContext, words: readonly string[], seconds = 30): Command =>
  run(ctx, ['-n', namespace, ...words], seconds)

/** Creates objects. */
export const create = async ({ remote }: ApplyContext, object: object): Promise<void> => {
  await remote.run({
    stdin: JSON.stringify(object),
    timeout: 60,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=30s create -f -`
}
