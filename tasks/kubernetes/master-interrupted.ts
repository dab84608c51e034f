import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { isInterrupted } from './reconfigure/former-files.ts'
import { manifestsOf, notRunning } from './reconfigure/gate.ts'

/** Whether a control-plane node was left by an interrupted run: used to put it right before the others. */
export const masterInterrupted = defineTask({
  name: 'master-interrupted',
  description:
    'Reads whether an interrupted run has left a control-plane node, or a program there does not run as its manifest says.',
  reads:
    'the former files that reconfigure keeps, the manifests of the static pods, also of those that are stopped, and the command lines of the programs that run',
  example: {},
  params: () => z.object({}),
  async check(ctx) {
    const left = await isInterrupted(ctx)
    const others = left ? [] : await notRunning(ctx, await manifestsOf(ctx))
    return left || others.length > 0 ? ok() : drift(`no run was interrupted on ${ctx.host.name}`)
  },
})
