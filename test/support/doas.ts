import { execFileSync } from 'node:child_process'

/**
 * Sets the rules of doas that belong to an account, and leaves those of others alone: tests run side by side, and
 * there is one file of rules. Needs root.
 *
 * @param rules lines of doas.conf; none takes away those that there were.
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
