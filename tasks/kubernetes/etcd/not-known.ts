/** Members of etcd that could not be asked: they are not taken for dead, and nothing is proposed that would lose them. */
import { CoxswainError } from '../../../engine/index.ts'
import type { SeenMembers } from './health.ts'

/** Whether a message is about a certificate that has expired, as curl and kubectl say it. Nothing follows from it about a member. */
export const isExpired = (message: string): boolean =>
  /certificate.*expired|expired.*certificate/i.test(message)

/** Whether a problem of a member is that it could not be asked. */
const isNotKnown = (problem: string): boolean =>
  isExpired(problem) || problem.includes(' could not be asked: ')

/**
 * What to do so that members can be asked; undefined if at least one problem is that of a member that was asked.
 *
 * @param problems what is wrong with members, after their names.
 */
export const waysToAsk = (problems: readonly string[]): string | undefined => {
  if (problems.length === 0 || !problems.every(isNotKnown)) return undefined
  return problems.every(isExpired)
    ? 'whether it is healthy is not known: renew the certificates of all masters (playbook renew-certs, without --limit), and run again'
    : 'whether it is healthy is not known: correct what keeps it from being asked, its certificates (etcd/server.crt) or its client URL, and run again'
}

/** The error where the members that could not be asked decide whether etcd has a quorum. */
export const quorumNotKnown = (
  subject: string,
  sum: string,
  { reasons }: Pick<SeenMembers, 'reasons'>,
): CoxswainError =>
  new CoxswainError('task-failed', `${subject} is not known: ${sum}`, {
    hint: [...reasons, waysToAsk(reasons) ?? 'see that they can be asked, and run again'].join('; '),
  })
