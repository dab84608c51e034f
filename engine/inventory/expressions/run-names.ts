/** What Ansible says of its run, as far as there is an equal: options, plays, its version. */
import { resolve } from 'node:path'
import { Fault } from './fault.ts'
import { Shut } from './pending.ts'
import type { SharedScope } from './shared-scope.ts'
import { Dict, Num } from './values.ts'
import type { Value } from './values.ts'

/** The release of ansible-core whose expressions these are. */
const [major, minor] = [2, 19]

const ofPlays = ({ keys }: SharedScope, word: string, what: string, hint?: string): Fault => {
  if (keys === undefined) throw new Shut('the hosts of a play')
  return new Fault(`${what} not known: the plays of this playbook have different ones`, { word, hint })
}

const playHosts =
  (word: string) =>
  (shared: SharedScope): Value => {
    if (shared.run.playHosts !== undefined) return shared.library.machine.list(shared.run.playHosts)
    throw ofPlays(shared, word, 'the hosts of the play are', 'name a group in place of it: groups.web')
  }

const batch = (shared: SharedScope): Value => {
  const word = 'ansible_play_batch'
  if (shared.run.serial === true)
    throw new Fault('the hosts of a batch are not known before the run: the play has serial', {
      word,
      hint: 'use ansible_play_hosts, the hosts of all batches',
    })
  return playHosts(word)(shared)
}

const version = (): Value =>
  new Dict(
    new Map<string, Value>([
      ['full', `${major}.${minor}.0`],
      ['major', new Num(major)],
      ['minor', new Num(minor)],
      ['revision', new Num(0)],
      ['string', `${major}.${minor}.0`],
    ]),
  )

/** Names of a run, which all hosts share. */
export const runNames: Readonly<Record<string, (shared: SharedScope) => Value>> = {
  ansible_play_hosts: playHosts('ansible_play_hosts'),
  ansible_play_hosts_all: playHosts('ansible_play_hosts_all'),
  play_hosts: playHosts('play_hosts'),
  ansible_play_batch: batch,
  ansible_play_name: (shared) => {
    if (shared.run.playName !== undefined) return shared.run.playName
    throw ofPlays(shared, 'ansible_play_name', 'the name of the play is')
  },
  ansible_check_mode: ({ run }) => run.check ?? false,
  ansible_diff_mode: ({ run }) => run.diff ?? false,
  ansible_run_tags: ({ run, library }) =>
    library.machine.list(run.tags === undefined || run.tags.length === 0 ? ['all'] : run.tags),
  ansible_skip_tags: ({ run, library }) => library.machine.list(run.skipTags ?? []),
  ansible_forks: ({ run }) => new Num(run.forks ?? 20),
  ansible_version: version,
  ansible_inventory_sources: ({ run, library }) =>
    library.machine.list(
      (run.sources ?? []).map((source) => (source.includes(',') ? source : resolve(source))),
    ),
}
