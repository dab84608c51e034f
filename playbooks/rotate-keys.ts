import { playbook, z } from 'coxswain'
import {
  controlPlaneReady,
  encryptable,
  encryptionArgument,
  encryptionKeep,
  encryptionPrepare,
  encryptionProviders,
  encryptionRewrite,
  encryptionStage,
  etcdHealthy,
  noEndpointMove,
  noRotation,
  staticPodsRestart,
} from 'coxswain/tasks'
import type { PlayContext } from 'coxswain'
import { controlPlaneVars, encryptionFileOf, master } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

const rotateKeysVars = controlPlaneVars.safeExtend({
  rotate_keys_made_before: z
    .union([z.iso.date(), z.iso.datetime()])
    .describe('a key made before this is replaced, such as 2026-01-31 or 2026-01-31T12:00:00Z'),
  rotate_keys_provider: z
    .enum(encryptionProviders)
    .default('secretbox')
    .describe('the provider of the new key of encryption at rest'),
  rotate_keys_resources: z
    .array(z.enum(encryptable))
    .min(1)
    .default(['secrets'])
    .describe(
      'what a cluster encrypts from now on that did not encrypt at rest; in another one, its file says it',
    ),
})

type Context = PlayContext<z.output<typeof rotateKeysVars>>

const masters = ({ group }: Pick<Context, 'group'>) => group('masters').map(master)

/** The API server of a master, and the names of all masters. */
const own = (ctx: Context) => ({
  address: master(ctx.host).address,
  port: ctx.vars.api_port,
  masters: masters(ctx).map(({ name }) => name),
})

const wellAgain = (ctx: Context) => [
  etcdHealthy({ members: masters(ctx).length }),
  controlPlaneReady({ masters: masters(ctx), port: ctx.vars.api_port }),
]

export default playbook({
  name: 'rotate-keys',
  description:
    'Replaces the key of encryption at rest in phases, or begins to encrypt: all API servers can decrypt with the new key, all encrypt with it, all objects are written again, and only then the former key goes.',
  vars: rotateKeysVars,
  requires: oneCluster,
  plays: ({ play }) => [
    play('what an interrupted run has stopped is started again', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        noRotation({ keys: false }),
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
        encryptionPrepare({
          ...own(ctx),
          madeBefore: ctx.vars.rotate_keys_made_before,
          file: encryptionFileOf(ctx.vars),
          provider: ctx.vars.rotate_keys_provider,
          resources: ctx.vars.rotate_keys_resources,
        }),
      ],
    }),

    play('all API servers can decrypt with it, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [encryptionStage({ ...own(ctx), stage: 'both' }), ...wellAgain(ctx)],
    }),

    // before anything is encrypted: an upgrade would take the argument away
    play('the cluster keeps the argument of the API servers', {
      hosts: 'masters[0]',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => {
        const file = encryptionFileOf(ctx.vars)
        const { address, port } = own(ctx)
        return file === undefined ? [] : [encryptionArgument({ file, address, port })]
      },
    }),

    play('all API servers encrypt with it, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [encryptionStage({ ...own(ctx), stage: 'new first' }), ...wellAgain(ctx)],
    }),

    play('all objects are written again', {
      hosts: 'masters[0]',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [encryptionRewrite({ ...own(ctx), resources: ctx.vars.rotate_keys_resources })],
    }),

    play('the former keys go, one master at a time', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [encryptionStage({ ...own(ctx), stage: 'new' }), ...wellAgain(ctx)],
    }),

    play('the former keys are kept where only root can read them', {
      hosts: 'masters',
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [encryptionKeep({ masters: own(ctx).masters })],
    }),
  ],
})
