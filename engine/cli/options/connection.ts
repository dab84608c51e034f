import { becomeMethods, hostKeyCheckings } from '../../connection/types.ts'
import { choice, flag, flagIfGiven, number, orSetting, text, withDefault } from '../define-option.ts'

/** How to connect to hosts, and as which user. */
export const connectionOptions = {
  user: text('-u, --user <name>', 'log in as this user', 'nothing'),
  privateKey: text('--private-key <file>', 'log in with this key'),
  askPass: flag('-k, --ask-pass', 'ask for the login password'),
  become: flagIfGiven('-b, --become', 'run commands as root'),
  becomeUser: text('--become-user <name>', 'run commands as this user instead of root', 'nothing'),
  becomeMethod: choice('--become-method <how>', 'how to become another user (sudo)', becomeMethods),
  askBecomePass: flag('-K, --ask-become-pass', 'ask for the become password'),
  becomeTimeout: number('--become-timeout <seconds>', 'timeout for becoming another user, in seconds (60)', {
    above: 0,
  }),
  forks: orSetting(
    withDefault(
      number('-f, --forks <n>', 'number of hosts to run on in parallel (20)', { integer: true, from: 1 }),
      20,
    ),
    'forks',
  ),
  connectTimeout: number('--connect-timeout <seconds>', 'timeout for connecting to a host, in seconds (10)', {
    integer: true,
    from: 1,
  }),
  hostKeyChecking: orSetting(
    choice(
      '--host-key-checking <mode>',
      'how to check host keys: strict, accept-new or off (strict)',
      hostKeyCheckings,
    ),
    'hostKeyChecking',
  ),
}
