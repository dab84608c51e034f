import { duration, flag, playbook, z } from 'coxswain'
import {
  controlPlaneReady,
  etcdHealthy,
  noEndpointMove,
  noRotation,
  serviceAccountControllers,
  serviceAccountKeep,
  serviceAccountPrepare,
  serviceAccountSecrets,
  serviceAccountStage,
  serviceAccountTokens,
  staticPodsRestart,
} from 'coxswain/tasks'
import type { PlayContext } from 'coxswain'
import { controlPlaneVars, hostsIfAny, master } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

const rotateVars = controlPlaneVars.safeExtend({
  rotate_service_accounts_made_before: z
    .union([z.iso.date(), z.iso.datetime()])
    .describe('a key made before this is replaced, such as 2026-01-31 or 2026-01-31T12:00:00Z'),
  rotate_service_accounts_renew_secrets: flag()
    .default(false)
    .describe(
      'replace the tokens in Secrets of the type kubernetes.io/service-account-token: copies of the former ones are refused at once',
    ),
  rotate_service_accounts_accept_former_until: z
    .union([z.iso.date(), z.iso.datetime(), z.literal('now')])
    .optional()
    .describe(
      'until when tokens of the former key stay accepted: a run before that leaves them accepted, and one after that completes the replacement, also without this variable; now takes back a time that was given before',
    ),
  rotate_service_accounts_external: flag()
    .default(false)
    .describe(
      'go on although programs outside of the cluster can refuse new tokens until they have read its keys again',
    ),
  rotate_service_accounts_settle: duration({ zero: true })
    .default(90)
    .describe('seconds in which programs read their tokens again, before former ones are refused'),
})

type Context = PlayContext<z.output<typeof rotateVars>>

const masters = ({ group }: Pick<Context, 'group'>) => group('masters').map(master)

/** All control-plane nodes, and the port of their API servers. */
const own = (ctx: Context) => ({ masters: masters(ctx), port: ctx.vars.api_port })

const nodes = (ctx: Context): string[] => hostsIfAny(ctx, 'workers').map(({ name }) => name)

const wellAgain = (ctx: Context) => [
  etcdHealthy({ members: masters(ctx).length }),
  controlPlaneReady({ masters: masters(ctx), port: ctx.vars.api_port }),
]

const renewed = (ctx: Context) => serviceAccountTokens(own(ctx))

export default playbook({
  name: 'rotate-service-accounts',
  description:
    'Replaces the key of the tokens of service accounts in phases: all API servers accept tokens of the new key, all sign with it, all pods have new tokens, and only then tokens of the former key are refused.',
  vars: rotateVars,
  requires: oneCluster,
  plays: ({ play }) => [
    play('what an interrupted run has stopped is started again', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        noRotation({ serviceAccounts: false }),
        noEndpointMove(),
        staticPodsRestart({ onlyStopped: true }),
        ...wellAgain(ctx),
      ],
    }),

    play('there is a new key, which nothing uses yet', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        serviceAccountPrepare({
          ...own(ctx),
          nodes: nodes(ctx),
          madeBefore: ctx.vars.rotate_service_accounts_made_before,
          external: ctx.vars.rotate_service_accounts_external,
          renewSecrets: ctx.vars.rotate_service_accounts_renew_secrets,
          acceptUntil: ctx.vars.rotate_service_accounts_accept_former_until,
        }),
      ],
    }),

    play('all API servers accept tokens of it, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        serviceAccountStage({ ...own(ctx), nodes: nodes(ctx), stage: 'both' }),
        ...wellAgain(ctx),
      ],
    }),

    play('all API servers sign with it, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        serviceAccountStage({ ...own(ctx), nodes: nodes(ctx), stage: 'new signs' }),
        ...wellAgain(ctx),
      ],
    }),

    // once all API servers sign with it: the controllers have tokens of their own
    play('all controller managers sign with it, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [serviceAccountControllers(own(ctx)), ...wellAgain(ctx)],
    }),

    play('Secrets have tokens of it', {
      hosts: 'masters[0]',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        serviceAccountSecrets({
          ...own(ctx),
          renew: ctx.vars.rotate_service_accounts_renew_secrets,
          acceptUntil: ctx.vars.rotate_service_accounts_accept_former_until,
        }),
      ],
    }),

    play('pods on masters have tokens of it, one node at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [renewed(ctx), ...wellAgain(ctx)],
    }),

    play('pods on workers have tokens of it, one node at a time', {
      hosts: 'workers',
      optional: true,
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [renewed(ctx)],
    }),

    play('tokens of the former key are refused, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        serviceAccountStage({
          ...own(ctx),
          nodes: nodes(ctx),
          stage: 'new',
          settle: ctx.vars.rotate_service_accounts_settle,
          acceptUntil: ctx.vars.rotate_service_accounts_accept_former_until,
        }),
        ...wellAgain(ctx),
      ],
    }),

    play('the former key is deleted', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        serviceAccountKeep({
          ...own(ctx),
          acceptUntil: ctx.vars.rotate_service_accounts_accept_former_until,
        }),
      ],
    }),
  ],
})
