import { becomeMethods, hostKeyCheckings } from '../../connection/types.ts'
import { choice, flag, flagIfGiven, number, text, withDefault } from '../define-option.ts'

/** How hosts are connected to, and as which user. */
export const connectionOptions = {
  user: text('-u, --user <name>', 'log in as this user', 'nothing'),
  privateKey: text('--private-key <file>', 'log in with this key'),
  askPass: flag('-k, --ask-pass', 'ask for the login password'),
  become: flagIfGiven('-b, --become', 'act as root'),
  becomeUser: text('--become-user <name>', 'act as this user instead of root', 'nothing'),
  becomeMethod: choice('--become-method <how>', 'how to become another user (sudo)', becomeMethods),
  askBecomePass: flag('-K, --ask-become-pass', 'ask for the password of becoming another user'),
  becomeTimeout: number(
    '--become-timeout <seconds>',
    'give up becoming another user after this many seconds (60)',
    { above: 0 },
  ),
  forks: withDefault(
    number('-f, --forks <n>', 'hosts to work on at the same time (20)', { whole: true, from: 1 }),
    20,
  ),
  connectTimeout: number(
    '--connect-timeout <seconds>',
    'give up connecting to a host after this many seconds',
    { whole: true, from: 1 },
  ),
  hostKeyChecking: choice(
    '--host-key-checking <mode>',
    'strict, accept-new or off (strict)',
    hostKeyCheckings,
  ),
}
