import { execFileSync } from 'node:child_process'

/**
 * Sets the doas rules of an account, and keeps those of other accounts: tests run in parallel and share the one file of
 * rules. Needs root.
 *
 * @param rules lines of doas.conf; an empty list removes the account's rules.
 */
export const doasRules = (name: string, rules: readonly string[]): void => {
  const mark = `# of ${name}`
  const script =
    'umask 077; touch /etc/doas.conf; grep -vF -- "$1" /etc/doas.conf >/etc/doas.conf.new; ' +
    'cat >>/etc/doas.conf.new; mv /etc/doas.conf.new /etc/doas.conf; [ -s /etc/doas.conf ] || rm /etc/doas.conf'
  execFileSync('flock', ['/run/lock/coxswain-test-doas', 'sh', '-c', script, 'sh', mark], {
    input: rules.map((rule) => `${rule} ${mark}\n`).join(''),
  })
}
