import { CoxswainError, defineTask, drift, ok, portNumber, unknown, z } from '../../engine/index.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { newAuthority, newCertificates } from './kubeadm/paths.ts'
import { formerClient, newClient } from './rotation/former-client.ts'
import { authoritiesSchema, rotationsOf } from './rotation/rotation.ts'

/** Proves with requests which clients the API server and etcd of a control-plane node accept. */
export const authorityClients = defineTask({
  name: 'authority-clients',
  description:
    'Proves that clients of a new authority are accepted by a control-plane node, and those of the former one as well, or, after that, not any more.',
  reads: 'answers of the API server and of etcd to a client that was kept, and to the present one',
  example: { authorities: ['cluster'], former: 'accepted', address: '10.0.0.11' },
  params: () =>
    z.object({
      authorities: authoritiesSchema(),
      former: z.enum(['accepted', 'refused']).describe('what must happen to clients of the former authority'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of its API server'),
    }),
  title: ({ authorities, former }) =>
    `clients of the former authority are ${former}, those of the new one work: ${authorities.join(', ')}`,
  until: () => ({ timeout: 60, every: 2 }),

  async check(ctx, { authorities, former, address, port }) {
    if (authorities.some((one) => ctx.predicted(newAuthority(one))) || ctx.predicted(newCertificates))
      return unknown('the authority is replaced before')
    const server = ownServer(address, port)
    const problems: string[] = []
    const proven: string[] = []
    for (const rotation of await rotationsOf(ctx, authorities)) {
      const { authority, stage } = rotation
      // an earlier run has gone further here
      if (former === 'accepted' && stage === 'new') continue
      const [theirs, ours] = await Promise.all([
        formerClient(ctx, rotation, server),
        newClient(ctx, rotation, server),
      ])
      if (ours.state !== 'accepted')
        problems.push(
          `${ctx.host.name} does not accept clients of the new authority ${authority}: ${ours.why}`,
        )
      else if (theirs.state === 'unasked')
        problems.push(
          `${ctx.host.name} could not be asked as a client of the former authority ${authority}: ${theirs.why}`,
        )
      else if (theirs.state !== former) {
        if (former === 'refused')
          throw new CoxswainError(
            'task-failed',
            `${ctx.host.name} accepts clients of the former authority ${authority}`,
            {
              hint: 'check which file its manifest trusts, and run rotate-ca again',
            },
          )
        problems.push(`${ctx.host.name} refuses clients of the former authority ${authority}: ${theirs.why}`)
      }
      proven.push(
        `${authority}: a client of the former authority is ${theirs.state}, one of the new authority is ${ours.state}`,
      )
    }
    return problems.length > 0 ? drift(...problems) : ok(proven.join('\n'), { text: proven.join('\n') })
  },
})
